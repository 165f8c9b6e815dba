"""How the local AWS is reached: its connection, its access keys, and signing by them."""

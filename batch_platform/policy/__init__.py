"""The policy pack: what this program promises of every stack, checked by the engine.

It reads resources as the engine has them, and nothing of the program that made them.
"""

"""EventBridge Scheduler: moto keeps its schedules, and here they fire."""

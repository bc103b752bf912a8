"""From the button Stamp to what the service answered: one call or many, the queue, and the recovery of lost answers."""

"""What a run is: parameters, rules and the run specification. Standard library only."""

"""What happens beside the training: heartbeat, requests, and what is said when it fails."""

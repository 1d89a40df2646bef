"""What columns of any file are: their numbers, statistics and relations."""

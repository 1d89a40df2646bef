"""The contenders: each trains every workload with the means of one framework."""

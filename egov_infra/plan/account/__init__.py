"""What an AWS account has once, whoever it serves."""

"""The pieces of a hosted service: load balancer, containers, database, and what they stand on."""

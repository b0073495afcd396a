"""The parts of a domain stack: record sets, mail, static sites, DNSSEC."""

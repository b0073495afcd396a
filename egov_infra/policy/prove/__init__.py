"""Proof that rules work: mutants of what they judge must fail them, and mutants of themselves must be told by examples."""

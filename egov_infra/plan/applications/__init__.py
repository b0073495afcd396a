"""One module per application blueprint: its `NEEDS` of the environment, and `plan(scope)`. Found by the blueprint's name."""

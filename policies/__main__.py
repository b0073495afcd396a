"""The policy pack: the rules of this folder over what the Pulumi engine is about to do."""

import sys

from egov_infra.engine.pack.serve import main

main(sys.argv[1:])

"""One stack of the estate, as a Pulumi program: judged first, then registered."""

from egov_infra.engine.entry import main

main()

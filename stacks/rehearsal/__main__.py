"""One stack of the estate on the rehearsal cloud, as a Pulumi program: judged first, then registered."""

from egov_infra.engine.entry import REHEARSAL, main

main(REHEARSAL, "../estate")

"""One stack of the estate on the rehearsal cloud, as a Pulumi program: judged first, then registered."""

from egov_infra.engine.entry import main
from egov_infra.engine.target import REHEARSAL_CLI

main(REHEARSAL_CLI, "../estate")

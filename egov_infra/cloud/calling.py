"""One call to AWS, and what can go wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.error import CloudError

READS_AT_A_TIME = 8
"""A read waits for AWS most of its time; what AWS throttles is slowed down by each client itself."""
_VALUE = re.compile(r", value: .*?(?=, (?:type|valid)|$)", re.DOTALL)
"""What boto3 says of a wrong parameter: it may be a secret."""


def call(
    client: Any, operation: str, params: Mapping[str, Any], token: str, label: str, *, is_paged: bool = False
) -> dict[str, Any]:
    """What an operation of a boto3 client answers, all pages of it if asked.

    Raises CloudError, which is about `label` of the type `token`.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - previews load no boto3
    from botocore.parsers import ResponseParserError  # noqa: PLC0415

    try:
        if is_paged and client.can_paginate(operation):
            answer: dict[str, Any] = client.get_paginator(operation).paginate(**params).build_full_result()
        else:
            answer = getattr(client, operation)(**params)
    except ClientError as error:
        detail = error.response["Error"]
        reason = str(detail.get("Message", ""))
        raise CloudError(token, label, operation, str(detail["Code"]), reason) from None
    except ResponseParserError as error:  # an answer of a server that crashed
        reason = str(error).partition("\n")[0]
        raise CloudError(token, label, operation, type(error).__name__, reason) from None
    except (BotoCoreError, NotImplementedError) as error:  # moto in process raises the latter
        reason = _VALUE.sub("", str(error))
        raise CloudError(token, label, operation, type(error).__name__, reason) from None
    return answer

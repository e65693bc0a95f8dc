"""Bodies of JSON, read as the description says: a number is no instant, and a text no number.

Left alone, the framework reads `5` as five seconds after 1970 and `"5"` as the number, so a platform that counts in
milliseconds would have its records taken and dated wrongly.
"""

from functools import partial
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ValidationException
from litestar.serialization import default_deserializer
from litestar.types import Empty


class StrictRequest(Request[Any, Any, Any]):
    """A call whose body of JSON is of the type that its route declares."""

    async def json(self) -> Any:  # noqa: ANN401 - the type is the route's
        """The body as its route declares it.

        Raises:
            ValidationException: a value of another type, or none of those expected; its cause says where.
        """
        if self._json is Empty:
            field = self.route_handler.parsed_data_field
            if field is None:
                return await super().json()
            read = partial(default_deserializer, type_decoders=self.route_handler.resolve_type_decoders())
            try:
                self._json = msgspec.json.decode(
                    await self.body() or b"null", type=field.annotation, dec_hook=read
                )
            except msgspec.ValidationError as error:
                raise ValidationException("The body is not what the route takes") from error
            except msgspec.DecodeError as error:
                raise ValidationException(f"expected JSON: {error}") from error
        return self._json

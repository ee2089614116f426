"""What an operator cannot set is refused when it is set, not at the first request."""

import pytest
from pydantic import ValidationError

from flows.settings import DEFAULT_USER_AGENT, Settings


@pytest.mark.parametrize(
    "name", ["名前/1.0", "feedmill/1.0\r\nCookie: a=b", "feedmill/1.0\n", " feedmill/1.0", "é/1.0"]
)
def test_a_name_that_no_header_can_carry_is_refused(name):
    with pytest.raises(ValidationError, match="user_agent"):
        Settings(user_agent=name)


@pytest.mark.parametrize("name", [DEFAULT_USER_AGENT, "millwheel/2 (+https://example.org; mail@example.org)"])
def test_a_name_with_an_address_is_taken(name):
    assert Settings(user_agent=name).user_agent == name

"""A campaign and a mail server, as the tests of sending have them."""

from tests.delivery.test_sending import newsletter as newsletter
from tests.delivery.test_sending import server as server

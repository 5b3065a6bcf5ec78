"""Which features there are: what registers pages, and what features tell lower ones. One line each."""

from portal.consent import gatekeeping
from portal.contacts import scope
from portal.home import views as home
from portal.signin import views as signin

PAGES = (signin.register, home.register)
RULES = (scope.register, gatekeeping.register)
POSTED_FROM_ELSEWHERE: tuple[str, ...] = ()  # endpoints without a form token, by name; each has a reason in its view

"""What signing in keeps. Tables of the installation: they are looked at before there is an actor.

Whoever only reads the database gets in by nothing here: secrets of cookies and links are kept as hashes, typed names
and recovery codes as keyed hashes, keys of authenticator apps sealed. The number of a sign-in under way is plain, for
it is shown; it serves for ten minutes, and only together with the link.
"""

from peewee import SQL, ForeignKeyField, IntegerField, TextField

from portal.accounts.models import User
from portal.core.clock import now
from portal.core.db import BaseModel, UtcField
from portal.gateways.countries import place_of


class Device(BaseModel):
    """A browser in which this user has proved that the mailbox is his. The cookie is a secret; here is its hash."""

    user = ForeignKeyField(User, on_delete="CASCADE")
    user_id: int
    token_hash = TextField()
    browser = TextField(default="")
    address = TextField(default="")
    country = TextField(default="")
    first_at = UtcField(default=now)
    seen_at = UtcField(default=now)
    revoked_at = UtcField(null=True)

    @property
    def place(self) -> str:
        return place_of(self.country, self.address)

    class Meta:
        indexes = ((("user", "token_hash"), True),)


Device.add_index(Device.token_hash)


class Begun(BaseModel):
    """Something begun in one browser that is not through yet: a sign-in whose password was right, or a wish for a new
    password. `secret_hash` is of the browser's cookie, `link_hash` of the link in the mail.
    """

    purpose = TextField()  # sign-in | password
    user = ForeignKeyField(User, on_delete="CASCADE", null=True)  # none: nobody has the address that was typed
    user_id: int | None
    mac = TextField()  # keyed hash of the address that was typed, whether anybody has it or not
    secret_hash = TextField(unique=True)
    link_hash = TextField(null=True, unique=True)
    number = TextField(default="")  # shown in the browser that began it, to be typed where the link was opened
    browser = TextField(default="")
    address = TextField(default="")
    network = TextField(default="")  # what the address is counted as
    country = TextField(default="")
    target = TextField(default="")
    guesses = IntegerField(default=0)  # of the number
    codes = IntegerField(default=0)  # wrong codes of the second factor
    begun_at = UtcField(default=now)
    proved_at = UtcField(null=True)  # when the mailbox, or the known device, was shown
    factor_at = UtcField(null=True)
    ended_at = UtcField(null=True)

    @property
    def place(self) -> str:
        return place_of(self.country, self.address)

    @property
    def shown_number(self) -> str:
        return f"{self.number[:3]} {self.number[3:]}"

    @property
    def owner(self) -> User:
        """Who began it. A row of nobody gets no further than its first page."""
        if self.user is None:
            raise LookupError("nobody has the address that was typed")
        return self.user


Begun.add_index(Begun.mac, Begun.begun_at)
Begun.add_index(Begun.user, Begun.begun_at)


class WrongSeries(BaseModel):
    """Wrong passwords in a row, for one account or from one address. Counted before they are judged."""

    key = TextField(unique=True)  # account:<keyed hash of the name> | address:<network> | code:<user> | proof:<user>
    user_id = IntegerField(null=True)
    wrong = IntegerField(default=0)
    first_at = UtcField(default=now)
    last_at = UtcField(default=now)
    told_at = UtcField(null=True)  # when support was told


class SignInAttempt(BaseModel):
    """One try to sign in, and what came of it. Kept 180 days. What was typed as the name is kept as a keyed hash."""

    at = UtcField(default=now)
    mac = TextField(default="")
    user_id = IntegerField(null=True)
    address = TextField(default="")
    network = TextField(default="")  # what the address is counted as
    country = TextField(default="")
    browser = TextField(default="")
    device_id = IntegerField(null=True)
    outcome = TextField()  # a key of portal.signin.rules.OUTCOMES
    is_told = IntegerField(default=0)  # whether the record of his organisations tells of a refused one

    class Meta:
        table_name = "sign_in_attempt"


SignInAttempt.add_index(SignInAttempt.at)
SignInAttempt.add_index(
    SignInAttempt.index(SignInAttempt.user_id, where=SQL("is_told = 0"), name="sign_in_attempt_untold")
)
SignInAttempt.add_index(SignInAttempt.mac, SignInAttempt.at)
SignInAttempt.add_index(SignInAttempt.user_id, SignInAttempt.at)
SignInAttempt.add_index(SignInAttempt.network, SignInAttempt.at)


class UsedCaptcha(BaseModel):
    """A captcha that has judged an attempt, so that it judges no other."""

    nonce = TextField(unique=True)
    at = UtcField(default=now)

    class Meta:
        table_name = "used_captcha"


class SecondFactor(BaseModel):
    """What a user shows beside the password. `kind` is totp; a passkey will be another kind of the same table."""

    user = ForeignKeyField(User, on_delete="CASCADE")
    user_id: int
    kind = TextField(default="totp")
    secret = TextField(default="")  # the key in force, sealed; "" until a first code showed that the app has it
    waiting = TextField(default="")  # the key being set up, sealed
    last_step = IntegerField(default=0)  # of the last code taken: none is taken twice
    created_at = UtcField(default=now)

    class Meta:
        table_name = "second_factor"
        indexes = ((("user", "kind"), True),)


class RecoveryCode(BaseModel):
    """A code for when the telephone is lost; kept as a keyed hash, good once."""

    user = ForeignKeyField(User, on_delete="CASCADE")
    user_id: int
    mac = TextField()
    used_at = UtcField(null=True)

    class Meta:
        table_name = "recovery_code"
        indexes = ((("user", "mac"), True),)


class FirstRun(BaseModel):
    """The code, printed in the terminal, with which the first owner is made in the browser. Gone once used."""

    code_hash = TextField()

    class Meta:
        table_name = "first_run"

"""The two registries that we may speak to, each with its own address and its own keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from lotocar.civic.registry.client.registrar import Registrar
from lotocar.civic.registry.client.rpc import DEMO_URL, PRODUCTION_URL, RpcRegistrar
from lotocar.civic.registry.client.stand_in import NoRegistrar


@dataclass(frozen=True, slots=True)
class Registries:
    """A line for each environment that has keys; the others refuse every call."""

    lines: dict[str, Registrar] = field(default_factory=dict)

    def of(self, environment: str) -> Registrar:
        """The line to "demo" or "production"; one that refuses every call when there are no keys."""
        return self.lines.get(environment) or NoRegistrar()

    def has(self, environment: str) -> bool:
        """Whether we have keys for it."""
        return environment in self.lines


def registries(
    *, demo_keys: tuple[str, str], keys: tuple[str, str], demo_url: str = "", url: str = "", version: str = ""
) -> Registries:
    """The lines that these keys (access, secret) open; empty addresses mean the registry's own."""
    wanted = {"demo": (demo_keys, demo_url or DEMO_URL), "production": (keys, url or PRODUCTION_URL)}
    lines: dict[str, Registrar] = {
        name: RpcRegistrar(base_url=address, access_key=pair[0], secret_key=pair[1], version=version)
        for name, (pair, address) in wanted.items()
        if all(pair)
    }
    return Registries(lines)

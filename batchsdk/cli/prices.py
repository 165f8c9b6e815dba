"""``batchsdk prices``, and the option of verbs that estimate costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

import click

import batchsdk
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings

_EXAMPLES = examples(
    "batchsdk prices update",
    "batchsdk prices show",
    "batchsdk prices show 'm6i.*' fargate",
)

prices_option = click.option(
    "--prices",
    type=click.Path(exists=True, dir_okay=False),
    help="TOML file with prices of your own, for the estimate of the costs.  "
    "[default: what `batchsdk prices update` keeps]",
)


@click.command(short_help="Show or renew the prices of AWS.", epilog=_EXAMPLES)
@click.argument("action", type=click.Choice(["show", "update"]))
@click.argument("types", metavar="[TYPE]...", nargs=-1)
@output_options
@pass_settings
def prices(settings: Settings, action: str, types: tuple[str, ...]) -> None:
    """Show the prices by which costs are estimated, or get them from AWS.

    update asks AWS for the prices of the stack's region: On-Demand instances and Fargate from the
    Price List API, Spot from EC2 at this moment. They are kept in a file of yours, with their date.

    show prints what is kept, of TYPEs alone: instance types or patterns of them, and fargate.
    """
    batch = settings.connect()
    if action == "update":
        if types:
            raise click.UsageError("update gets all prices of the region: give no TYPE")
        _summary(settings, batch.update_prices())
        return
    found = batch.prices()
    if found is None:
        raise click.ClickException(
            f"no prices are kept for {batch.outputs.region}: run `batchsdk prices update`"
        )
    if settings.as_json:
        settings.renderer.json(_selected(found, types))
        return
    rows = list(_rows(_selected(found, types)))
    if not rows:
        raise click.UsageError(f"no price of {', '.join(types)} is kept")
    settings.renderer.table(
        ("TYPE", "VCPU", "GIB", "GPU", "ON-DEMAND", "SPOT"), rows, dropped=("GPU",)
    )
    _remarks(settings, found)


def _summary(settings: Settings, found: batchsdk.PriceList) -> None:
    if settings.as_json:
        settings.renderer.json(found)
        return
    spot = sum(each.spot is not None for each in found.instances.values())
    settings.renderer.line(
        f"{found.region}: {len(found.instances)} instance types, {spot} of them with a Spot price; "
        f"Fargate: {', '.join(found.fargate) or 'none'}"
    )
    _remarks(settings, found)


def _remarks(settings: Settings, found: batchsdk.PriceList) -> None:
    published = found.published_at or "without date"
    settings.renderer.progress(f"{found.currency} an hour; {found.source} (published {published})")
    for each in found.warnings(batchsdk.SystemClock().now()):
        settings.renderer.progress(each)


def _selected(found: batchsdk.PriceList, types: tuple[str, ...]) -> batchsdk.PriceList:
    if not types:
        return found
    instances = {
        name: each
        for name, each in found.instances.items()
        if any(fnmatchcase(name, pattern) for pattern in types)
    }
    fargate = found.fargate if "fargate" in types else {}
    return replace(found, instances=instances, fargate=fargate)


def _rows(found: batchsdk.PriceList) -> Iterator[tuple[object, ...]]:
    for name, price in found.fargate.items():
        title = f"fargate {name}"
        yield f"{title} vCPU", "1", "", "", *_by_purchase(name, price.vcpu_hour)
        yield f"{title} GiB", "", "1", "", *_by_purchase(name, price.gib_hour)
    for name, each in found.instances.items():
        sizes = (f"{size:g}" for size in (each.vcpus, each.gib, each.gpus))
        yield name, *sizes, _shown(each.on_demand), _shown(each.spot)


def _by_purchase(name: str, price: float) -> tuple[str, str]:
    return ("", _shown(price)) if name.startswith("spot ") else (_shown(price), "")


def _shown(price: float | None) -> str:
    return "" if price is None else f"{price:.6f}".rstrip("0")

"""`provision bench simulate`: how long a day will take, and what one more hub or person would buy."""

from __future__ import annotations

from pathlib import Path

import click

from provision.cli.options import language_option
from provision.cli.run_times import list_runs
from provision.cli.speech import speak_at, speak_to_anybody
from provision.forecast.day import Bench, Resource, forecast
from provision.forecast.figures import DayFigures, fit, load_usual
from provision.home.folder import load_home
from provision.texts.catalogue import Language, say

SLOTS_A_HUB = 7
MANY = click.IntRange(1, 1000)


@click.command()
@click.option("--tablets", type=click.IntRange(1, 5000), required=True, help="Tablets of the day.")
@click.option("--slots", type=MANY, required=True, help="Slots of the bench.")
@click.option("--people", type=click.IntRange(1, 100), required=True, help="People at it.")
@click.option("--hubs", type=MANY, help=f"Hubs that share the slots  [default: one for {SLOTS_A_HUB} slots].")
@click.option("--seed", type=int, default=1, show_default=True, help="Another luck.")
@language_option("Of the answer  [default: the home's where one is named, else the computer's].")
@click.pass_context
def simulate(
    context: click.Context,
    tablets: int,
    slots: int,
    people: int,
    hubs: int | None,
    seed: int,
    language: Language | None,
) -> None:
    """Simulate a day: hours, bottleneck, and what one more person, hub or slot buys.

    With `bench --home FOLDER simulate` the runs that this bench noted tell phases, refusals and losses, of a ward, too;
    else, and for hands, hubs and commits, the figures are estimates of the package. Nothing is started or changed.
    """
    home: Path | None = context.obj
    spoken = speak_to_anybody(language) if home is None else speak_at(home, language)
    bench = Bench(tablets, slots, people, hubs or -(-slots // SLOTS_A_HUB))
    if bench.hubs > slots:
        raise click.UsageError(f"--hubs: expected no more hubs than slots ({slots}), got {bench.hubs}")
    figures = _find_figures(home)
    found = forecast(bench, figures, seed)
    click.echo(say(spoken, "forecast.day", **vars(bench), took=_tell_time(found.day.seconds)))
    for resource, share in found.day.busy.items():
        name = say(spoken, f"forecast.{resource}")
        click.echo("  " + say(spoken, "forecast.busy", name=name, percent=f"{100 * share:.0f}"))
    click.echo(say(spoken, "forecast.bottleneck", name=say(spoken, f"forecast.{found.bottleneck}")))
    for resource in Resource:
        seconds = found.with_one_more[resource]
        saved = max(0, round((found.day.seconds - seconds) / 60))
        click.echo(say(spoken, f"forecast.more-{resource}", took=_tell_time(seconds), saved=saved))
    click.echo(say(spoken, "forecast.own" if figures.own_runs else "forecast.usual", runs=figures.own_runs))


def _find_figures(home: Path | None) -> DayFigures:
    """Figures of the package, or of the home that was named."""
    return load_usual() if home is None else fit(load_usual(), list_runs(load_home(home).path))


def _tell_time(seconds: float) -> str:
    """Hours and minutes as both languages write them: a figure with a point would be English."""
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"

"""The shape of the product: imports go one way, no cycle, the bars of style hold."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

import pytest

PACKAGE = Path(__file__).parent.parent / "provision"

RANKS = (
    {"files", "terms", "texts", "transport"},
    {"errors"},
    {"bench", "config", "facts", "records"},
    {"appset", "profiles", "proofs", "site"},
    {"identity", "operations"},
    {"agent", "captures", "state"},
    {"home", "runs", "transcripts"},
    {"board", "report", "station"},
    {"cli"},
)
ONLY_HERE = {
    "pyudev": {"bench/usb.py"},
    "adbutils": {"bench/adb.py"},
    "tqdm": {"board/"},
    "jinja2": {"report/", "home/create.py"},
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every product module as (path below the package, syntax tree)."""
    for file in sorted(PACKAGE.rglob("*.py")):
        yield str(file.relative_to(PACKAGE)), ast.parse(file.read_text())


def imports(tree: ast.Module) -> Iterator[str]:
    """Every imported module name, also those inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def room(name: str) -> str:
    """The room of a module path or of an import below `provision`."""
    return re.split(r"[/.]", name)[0]


def rank(name: str) -> int | None:
    """The layer of a room; None for the training bench, which has its own rule."""
    return next((index for index, rooms in enumerate(RANKS) if name in rooms), None)


MODULES = dict(modules())
PRODUCT = {path: tree for path, tree in MODULES.items() if not path.startswith("virtual/")}


@pytest.mark.parametrize("path", PRODUCT)
def test_imports_go_one_way(path: str) -> None:
    """A room imports only itself and rooms below it."""
    here = rank(room(path))
    assert path == "__init__.py" or here is not None, f"{path}: room without a place in RANKS"
    for name in imports(PRODUCT[path]):
        if not name.startswith("provision.") or here is None:
            continue
        target = room(name.removeprefix("provision."))
        if target == "virtual":
            continue
        other = rank(target)
        assert other is not None, f"{path} imports {name}, which has no place"
        assert target == room(path) or other < here, f"{path} imports {name}, which is not below it"


@pytest.mark.parametrize("path", PRODUCT)
def test_only_the_command_line_knows_the_training_bench(path: str) -> None:
    if not path.startswith("cli/"):
        assert not [name for name in imports(PRODUCT[path]) if name.startswith("provision.virtual")]


@pytest.mark.parametrize("path", MODULES)
def test_outside_libraries_have_one_home(path: str) -> None:
    for name in imports(MODULES[path]):
        homes = ONLY_HERE.get(name.split(".")[0])
        assert homes is None or any(path.startswith(home) for home in homes), f"{path} imports {name}"


@pytest.mark.parametrize("path", MODULES)
def test_files_hold_one_idea(path: str) -> None:
    assert len((PACKAGE / path).read_text().splitlines()) <= 450


Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = [node for tree in MODULES.values() for node in ast.walk(tree) if isinstance(node, Function)]


def length(function: Function) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    doc = (first.end_lineno or 0) - first.lineno + 1 if text else 0
    return (function.end_lineno or 0) - function.lineno + 1 - doc


def parameters(function: Function) -> int:
    """What a caller may give; `self` is not given."""
    taken = function.args
    names = [each.arg for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


def nine_in_ten(figures: Iterable[int]) -> int:
    """The figure that nine in ten do not exceed."""
    ordered = sorted(figures)
    return ordered[max(0, math.ceil(len(ordered) * 0.9) - 1)]


@pytest.mark.parametrize("path", MODULES)
def test_functions_are_short(path: str) -> None:
    functions = [node for node in ast.walk(MODULES[path]) if isinstance(node, Function)]
    assert [f"{path}: {node.name}" for node in functions if length(node) > 60] == []


def test_most_functions_are_much_shorter() -> None:
    lengths = [length(function) for function in FUNCTIONS]
    assert median(lengths) <= 9
    assert nine_in_ten(lengths) <= 25


def test_most_functions_have_few_branches_and_parameters() -> None:
    assert nine_in_ten(map(branches, FUNCTIONS)) <= 6
    assert nine_in_ten(map(parameters, FUNCTIONS)) <= 4


@pytest.mark.parametrize(("count", "figure"), [(1, 1), (9, 9), (10, 9), (11, 10), (100, 90)])
def test_nine_in_ten_are_counted_from_below(count: int, figure: int) -> None:
    assert nine_in_ten(range(count, 0, -1)) == figure


def decisions(node: ast.AST) -> int:
    """The ways that one node adds through its function."""
    match node:
        case ast.BoolOp(values=operands):
            return len(operands) - 1
        case ast.comprehension(ifs=conditions):
            return 1 + len(conditions)
        case ast.If() | ast.IfExp() | ast.For() | ast.AsyncFor() | ast.While() | ast.Assert():
            return 1
        case ast.ExceptHandler() | ast.match_case():
            return 1
    return 0


def branches(function: ast.AST) -> int:
    """Ways through a function, with the functions inside it."""
    return 1 + sum(decisions(node) for node in ast.walk(function))


@pytest.mark.parametrize("path", MODULES)
def test_functions_have_few_branches(path: str) -> None:
    functions = [node for node in ast.walk(MODULES[path]) if isinstance(node, Function)]
    assert [f"{path}: {node.name}" for node in functions if branches(node) > 12] == []


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("return 1", 1),
        ("return 1 if a else 2", 2),
        ("return a and b or c", 3),
        ("return a and b and c", 3),
        ("return [x for y in a if y for x in y if x if b]", 6),
        ("assert a, b", 2),
        ("if a: b()\n elif c: d()\n else: e()", 3),
        ("for x in a: b(x)", 2),
        ("while a: b()", 2),
        ("try: a()\n except E: b()\n except F: c()\n finally: d()", 3),
        ("match a:\n  case 1: b()\n  case _: c()", 3),
        ("def inner(): return a or b\n return inner", 2),
    ],
)
def test_each_branch_counts_once(body: str, count: int) -> None:
    assert branches(ast.parse(f"def function():\n {body}").body[0]) == count


SHELL_ROOMS = ("facts/", "operations/", "proofs/", "runs/install.py", "runs/apply.py")
FORBIDDEN = re.compile(r"[<>]|/system/bin|/bin/sh")


@pytest.mark.parametrize("path", [path for path in PRODUCT if path.startswith(SHELL_ROOMS)])
def test_shell_lines_have_no_redirection_and_no_absolute_program(path: str) -> None:
    """Words given to the tablet's shell are plain: `Ask`, `RunLine` and `shlex.join` take only such words."""
    for node in ast.walk(PRODUCT[path]):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            "Ask",
            "RunLine",
            "join",
        ):
            words = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
            assert not [word for word in words if isinstance(word, str) and FORBIDDEN.search(word)], path


NAMES = {"provision", "Android"}
"""Words that are the same in every language."""


def spoken(node: ast.AST) -> Iterator[str]:
    """The literal text of an argument, holes left out; what a call inside it gives is data."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr() | ast.BinOp() | ast.IfExp() | ast.BoolOp():
            for part in ast.iter_child_nodes(node):
                yield from spoken(part)


def literal_words(tree: ast.AST) -> set[str]:
    """Words of a language that a module says by `click.echo(...)` or `.warn(...)` itself."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    texts = [text for call in calls if call.func.attr in {"echo", "warn"} for text in map(spoken, call.args)]
    return {word for text in texts for part in text for word in re.findall(r"[^\W\d_]{2,}", part)} - NAMES


@pytest.mark.parametrize("path", [path for path in PRODUCT if path.startswith("cli/")])
def test_commands_say_only_what_stands_in_the_catalogue(path: str) -> None:
    assert literal_words(PRODUCT[path]) == set()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('click.echo("interrupted", err=True)', {"interrupted"}),
        ('click.echo(f"{path}: all right")', {"all", "right"}),
        ('sink.warn("a" + f"run {name}" if name else "cut off")', {"run", "cut", "off"}),
        ('click.echo(f"provision: {error}")', set()),
        ("click.echo(f\"{label}: {say(language, 'phase.prove')}\")", set()),
        ('click.echo(say(language, "main.interrupted"))', set()),
        ('click.echo(json.dumps({"event": kind}))', set()),
    ],
)
def test_a_literal_sentence_is_found(line: str, words: set[str]) -> None:
    assert literal_words(ast.parse(line)) == words


CALLED_BY_LIBRARIES = {
    "convert": "click asks a parameter type",
    "construct_mapping": "PyYAML's loader",
    "_safe_connect": "adbutils opens its connections so",
}
"""Methods that override one of a library's, with who calls them."""

KEPT = {
    "fetch_rows": "the contract's second road, for a print of `content call` that is unconfirmed",
    "all_steps": "a whole plan, as tests look at it",
    "is_in": "a virtual cable, as tests look at it",
}
"""What only tests call, with why it stands in the product all the same."""


def named(tree: ast.AST) -> Iterator[str]:
    """Every name a module says, but for those it defines; also words in strings, which may be names."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.ImportFrom(names=aliases):
                yield from (alias.name for alias in aliases)
            case ast.Constant(value=str(text)) if text.isidentifier():
                yield text


def written(tree: ast.AST) -> Iterator[str]:
    """Functions and methods that somebody has to call: what a decorator registers is called by its library."""
    for node in ast.walk(tree):
        if isinstance(node, Function) and not node.name.startswith("__"):
            decorators = {ast.unparse(each).partition("(")[0] for each in node.decorator_list}
            if decorators <= {"property", "staticmethod", "classmethod", "contextmanager", "cache"}:
                yield node.name


def test_nothing_is_written_that_nobody_calls() -> None:
    said = {name for tree in MODULES.values() for name in named(tree)}
    defined = {name for tree in MODULES.values() for name in written(tree)}
    unused = defined - said
    assert unused - CALLED_BY_LIBRARIES.keys() - KEPT.keys() == set()
    assert KEPT.keys() - unused == set(), "is called by now: take it off the list"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(): g()", {"g"}),
        ("from a import f as g", {"f"}),
        ("x.f = 1", {"x", "f"}),
        ("call(f=1, key='g', text='two words')", {"call", "f", "key", "g", "text"}),
        ("def f(): pass", set()),
    ],
)
def test_a_definition_alone_is_no_use(text: str, names: set[str]) -> None:
    assert set(named(ast.parse(text))) == names

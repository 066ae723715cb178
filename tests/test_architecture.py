"""The shape of the product: imports go one way, no cycle, the bars of style hold."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from provision import terms
from provision.records import verify_record

PACKAGE = Path(__file__).parent.parent / "provision"

RANKS = (
    {"plain_json"},
    {"files", "polling", "terms", "texts", "transport"},
    {"errors"},
    {"attestation", "config", "facts", "paper", "records"},
    {"appset", "bench", "profiles", "proofs", "site"},
    {"controls", "identity"},
    {"state"},
    {"agent", "captures", "register"},
    {"home", "runs", "transcripts", "wipes"},
    {"backup", "board", "exports", "forecast", "report", "station"},
    {"doctor", "service", "web"},
    {"console"},
    {"cli"},
)
ONLY_HERE = {
    "pyudev": ("bench/usb.py",),
    "adbutils": (),
    "tqdm": ("board/layout.py",),
    "wcwidth": ("board/width.py",),
    "sqlalchemy": ("state/sql/", "register/sql/"),
    "alembic": ("state/sql/migrations/", "register/sql/migrations/"),
    "jinja2": ("report/", "home/create.py", "web/", "console/render.py"),
    "starlette": ("web/", "console/"),
    "uvicorn": ("web/",),
    "typst": ("paper/render.py",),
    "segno": ("paper/qr.py",),
    "pyrage": ("backup/archive.py",),
    "argon2": ("console/credentials.py",),
    "pyotp": ("console/credentials.py",),
    "joserfc": ("console/provider/id_token.py",),
}
"""Outside libraries with the one place each is called from."""


@cache
def modules() -> Mapping[str, ast.Module]:
    """The syntax tree of every module by its path below the package; every worker collects this file, few need them."""
    return {str(file.relative_to(PACKAGE)): ast.parse(file.read_text()) for file in sorted(PACKAGE.rglob("*.py"))}


@cache
def product() -> Mapping[str, ast.Module]:
    """Those of the product alone, without the training bench."""
    return {path: tree for path, tree in modules().items() if not path.startswith("virtual/")}


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


def climbs(path: str) -> Iterator[str]:
    """Imports of a module that go sideways or up, and rooms without a place."""
    here = rank(room(path))
    if here is None and path != "__init__.py":
        yield f"{path}: its room has no place in RANKS"
    for name in imports(product()[path]):
        target = room(name.removeprefix("provision."))
        if not name.startswith("provision.") or target in {"virtual", room(path)} or here is None:
            continue
        there = rank(target)
        if there is None or there >= here:
            yield f"{path} imports {name}, which is not below it"


def test_imports_go_one_way() -> None:
    """A room imports only itself and rooms below it."""
    assert [line for path in product() for line in climbs(path)] == []


TRAINING_COMMANDS = {
    "cli/bench.py",
    "cli/chaos.py",
    "cli/requirements.py",
    "cli/shadow.py",
    "cli/soak.py",
    "cli/training.py",
}
"""What stands at the training bench; a station reaches it through `cli/training.py` only."""

TRAINING_GROUND = {"captures", "errors", "files", "terms", "transport"}
"""Rooms the training bench stands on: none of them decides what becomes of a tablet."""


def test_only_training_commands_know_the_training_bench() -> None:
    others = {path: tree for path, tree in product().items() if path not in TRAINING_COMMANDS}
    known = [(path, name) for path, tree in others.items() for name in imports(tree)]
    assert [each for each in known if each[1].startswith("provision.virtual")] == []


def test_the_training_bench_knows_nothing_that_decides() -> None:
    known = [(path, name) for path, tree in modules().items() if path not in product() for name in imports(tree)]
    used = [(path, name) for path, name in known if name.startswith("provision.")]
    assert [
        (p, name) for p, name in used if room(name.removeprefix("provision.")) not in {"virtual", *TRAINING_GROUND}
    ] == []


def test_outside_libraries_have_one_home() -> None:
    known = [
        (path, name) for path, tree in modules().items() for name in imports(tree) if name.split(".")[0] in ONLY_HERE
    ]
    assert [(path, name) for path, name in known if not path.startswith(ONLY_HERE[name.split(".")[0]])] == []


def test_the_database_is_imported_by_whoever_opens_a_home_and_not_before() -> None:
    """SQLAlchemy takes a quarter of a second to import: commands that open no home do without.

    So do they without the console, of which each module may bring it along.
    """
    late = ("state/sql/", "register/sql/", "console/")
    early = [
        f"{path}: {node.module}"
        for path, tree in product().items()
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(tuple(f"provision.{each.strip('/').replace('/', '.')}" for each in late))
        if not path.startswith(late)
    ]
    assert early == []


def test_files_hold_one_idea() -> None:
    lengths = {path: len((PACKAGE / path).read_text().splitlines()) for path in modules()}
    del lengths["records/verify_record.py"]  # one file is what it promises; `tests/records/test_attacks.py` bounds it
    assert {path: lines for path, lines in lengths.items() if lines > 450} == {}


Function = ast.FunctionDef | ast.AsyncFunctionDef


def length(function: Function) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    doc = (first.end_lineno or 0) - first.lineno + 1 if text else 0
    return (function.end_lineno or 0) - function.lineno + 1 - doc


def test_functions_are_as_long_as_a_thought() -> None:
    """Ruff counts branches and statements; lines it does not count."""
    functions = [
        (path, node) for path, tree in modules().items() for node in ast.walk(tree) if isinstance(node, Function)
    ]
    assert [f"{path}: {node.name}" for path, node in functions if length(node) > 60] == []


SHELL_ROOMS = ("facts/", "controls/", "proofs/", "runs/install.py", "runs/shell_executor.py")
SHELL_LINES = {"Ask", "RunLine", "join"}
"""What takes the words of a shell line; such words are plain."""
FORBIDDEN = re.compile(r"[<>]|/system/bin|/bin/sh")


def forbidden_words(tree: ast.Module) -> Iterator[str]:
    """Words of shell lines with a redirection or an absolute program in them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SHELL_LINES:
            words = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
            yield from (word for word in words if isinstance(word, str) and FORBIDDEN.search(word))


def test_shell_lines_have_no_redirection_and_no_absolute_program() -> None:
    shell = {path: list(forbidden_words(tree)) for path, tree in product().items() if path.startswith(SHELL_ROOMS)}
    assert {path: words for path, words in shell.items() if words} == {}


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


def test_commands_say_only_what_stands_in_the_catalogue() -> None:
    said = {path: literal_words(tree) for path, tree in product().items() if path.startswith("cli/")}
    assert {path: words for path, words in said.items() if words} == {}


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
    "list_commands": "click asks a group",
    "get_command": "click asks a group",
    "construct_mapping": "PyYAML's loader",
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
    said = {name for tree in modules().values() for name in named(tree)}
    defined = {name for tree in modules().values() for name in written(tree)}
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


DOCUMENTS = (".md",)
"""Files of the package that people read in the checkout, and no code does."""


def test_what_the_code_reads_is_installed_with_it() -> None:
    """Data files stand in `package-data`, and each folder of modules is a package."""
    settings = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())
    installed = settings["tool"]["setuptools"]["package-data"]["provision"]
    files = [file for file in PACKAGE.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    data = [file.relative_to(PACKAGE) for file in files if file.suffix not in {".py", *DOCUMENTS}]
    read = [name for name in data if name.parts[0] != "reference"]
    assert [str(name) for name in read if not any(name.match(pattern) for pattern in installed)] == []
    folders = {file.parent for file in files if file.suffix == ".py"}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_files_of_tests_that_are_no_package_have_a_name_of_their_own() -> None:
    """Python knows a module by its name alone there, and a second one of that name is not collected."""
    files = [file for file in Path(__file__).parent.rglob("test_*.py") if not (file.parent / "__init__.py").exists()]
    names = Counter(file.name for file in files)
    assert [name for name, count in names.items() if count > 1] == []


def test_the_standalone_verifier_knows_every_word_that_a_record_may_hold() -> None:
    """It shares no code with the product, so a new word is added there by hand, in `verify_record.py`."""
    assert set(verify_record.REASONS) == {str(each) for each in terms.Reason}
    assert set(verify_record.CONTROLS) == {str(each) for each in terms.Control}
    assert set(verify_record.OUTCOMES) == {str(each) for each in terms.Outcome}
    assert set(verify_record.ROADS) == {str(each) for each in terms.Road}
    assert set(verify_record.PROOFS) == {str(each) for each in terms.ProofVerdict}
    assert dict(verify_record.RANKS) == {str(one): one.rank for one in terms.Assurance}

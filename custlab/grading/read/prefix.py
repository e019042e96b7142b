"""The part of a test that is the same for every learner: worked out once, not once each.

Most tests begin by making the expected answer afresh: they load the data and compute. As long as
such statements look at nothing of the learner's, their result is kept, and each learner's examiner
starts from a copy of it.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass

# Not the same for everybody, or not without effect.
EXCLUDED = {"open", "input", "exec", "eval", "print", "globals", "locals", "vars", "__import__"}
# It reads the learner's answers, so nothing of it is kept.
PERSONAL = "custlab.exercises"
SETTING = (ast.Assign, ast.AugAssign, ast.For, ast.If, ast.FunctionDef)
UNCLEAR = (ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, ast.ClassDef, ast.With, ast.Try,
           ast.While, ast.Delete, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)  # fmt: skip


@dataclass(frozen=True)
class Split:
    """A test in two parts.

    Attributes
    ----------
    head : str
        What is the same for everybody; empty if there is no such part.
    names : tuple of str
        What the rest needs of it.
    rest : str
        What is run for each learner.
    """

    head: str
    names: tuple[str, ...]
    rest: str


def split(source: str, imports: dict[str, str], constants: dict[str, object]) -> Split:
    r"""Split a test behind its last statement that is the same for everybody.

    Parameters
    ----------
    source : str
        The test cell.
    imports : dict
        The names that the master's cells import.
    constants : dict
        The names that the master's locked cells set to plain values.

    Returns
    -------
    Split
        Running ``head`` and then ``rest`` does what running ``source`` does.

    Examples
    --------
    >>> split("import math\nright = math.sqrt(2)\nassert mine == right", {}, {}).names
    ('right',)
    """
    body = ast.parse(source).body
    common = {name for name, path in imports.items() if not path.startswith(PERSONAL)}
    common |= set(constants) | (set(dir(builtins)) - EXCLUDED)
    head, again, made = [], [], set()
    for statement in body[:-1]:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            common |= _imported(statement)
            again.append(statement)
        elif not _is_common(statement, common, made):
            break
        elif isinstance(statement, ast.FunctionDef):
            common.add(statement.name)
            again.append(statement)
        elif _is_cheap(statement):
            common |= _sets(statement)
            again.append(statement)
        else:
            common |= _sets(statement)
            made |= _sets(statement)
        head.append(statement)
    while head and head[-1] in again:
        again.remove(head.pop())
    following = [*again, *body[len(head) :]]
    needed = {name for statement in following for name in _reads(statement)}
    kept = [
        one for one in following if one not in again or not _is_cheap(one) or needed & _sets(one)
    ]
    rest = ast.Module(body=kept, type_ignores=[])
    if not head or needed & {"locals", "vars"}:
        return Split("", (), source)
    return Split(
        ast.unparse(ast.Module(body=head, type_ignores=[])),
        tuple(sorted(made & needed)),
        ast.unparse(rest),
    )


def _imported(statement: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(statement, ast.ImportFrom) and str(statement.module).startswith(PERSONAL):
        return set()
    names = [alias for alias in statement.names if not alias.name.startswith(PERSONAL)]
    return {(alias.asname or alias.name).partition(".")[0] for alias in names}


def _is_common(statement: ast.stmt, common: set[str], made: set[str]) -> bool:
    """Tell whether a statement only sets names, from what is the same for everybody."""
    nodes = list(ast.walk(statement))
    if not isinstance(statement, SETTING) or any(isinstance(node, UNCLEAR) for node in nodes):
        return False
    if not _changed(statement) <= made:  # it would change something that is not its own
        return False
    known = common | {name for node in nodes for name in _binds(node)}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id not in known:
            return False
        if isinstance(node, ast.Constant) and "answers" in str(node.value):
            return False
    return True


def _is_cheap(statement: ast.stmt) -> bool:
    """Tell whether to do something again rather than keep its result: a case is large to keep."""
    if not (isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)):
        return False
    return isinstance(statement.value.func, ast.Name) and statement.value.func.id == "load_case"


def _targets(statement: ast.stmt) -> list[ast.expr]:
    """List what a statement, or those inside it, assign to."""
    found = []
    for part in _parts(statement):
        if isinstance(part, ast.Assign):
            found += part.targets
        elif isinstance(part, (ast.AugAssign, ast.For)):
            found.append(part.target)
    flat = []
    while found:
        target = found.pop()
        inner = getattr(target, "elts", None) or getattr(target, "value", None)
        if isinstance(target, (ast.Tuple, ast.List)):
            found += inner
        elif isinstance(target, ast.Starred):
            found.append(inner)
        else:
            flat.append(target)
    return flat


def _reads(statement: ast.stmt) -> set[str]:
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return {node.id for node in names if isinstance(node.ctx, ast.Load)} | _changed(statement)


def _parts(statement: ast.stmt) -> list[ast.stmt]:
    """Give a statement and those inside it, but not what stands in functions."""
    inner = [*getattr(statement, "body", []), *getattr(statement, "orelse", [])]
    if isinstance(statement, ast.FunctionDef):
        inner = []
    return [statement, *(part for one in inner for part in _parts(one))]


def _sets(statement: ast.stmt) -> set[str]:
    return {target.id for target in _targets(statement) if isinstance(target, ast.Name)}


def _changed(statement: ast.stmt) -> set[str]:
    """Name what is changed in place: ``known`` in ``known["a"] = 1``."""
    found = set()
    for target in _targets(statement):
        if not isinstance(target, ast.Name):
            names = [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]
            found |= set(names[:1])
    added = [part.target for part in _parts(statement) if isinstance(part, ast.AugAssign)]
    return found | {target.id for target in added if isinstance(target, ast.Name)}


def _binds(node: ast.AST) -> set[str]:
    """Name what a node gives a meaning to."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return {node.id}
    if isinstance(node, (ast.arg, ast.FunctionDef)):
        return {node.arg if isinstance(node, ast.arg) else node.name}
    return set()

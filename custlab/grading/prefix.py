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
    head, again, made, end = [], [], set(), 0
    for number, statement in enumerate(body[:-1]):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            common |= _imported(statement)
            again.append(statement)
        elif _is_common(statement, common):
            targets = {target.id for target in statement.targets}
            common |= targets
            made |= targets
            end = number + 1
        else:
            break
        head.append(statement)
    head = head[:end] if made else []
    kept = [statement for statement in again if statement in head] if made else []
    rest = ast.Module(body=[*kept, *body[len(head) :]], type_ignores=[])
    needed = {node.id for node in ast.walk(rest) if isinstance(node, ast.Name)}
    if not made or needed & {"locals", "vars"}:
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


def _is_common(statement: ast.stmt, common: set[str]) -> bool:
    """Tell whether a statement only sets names, from what is the same for everybody."""
    if not isinstance(statement, ast.Assign):
        return False
    if not all(isinstance(target, ast.Name) for target in statement.targets):
        return False
    bound = {n.id for n in ast.walk(statement.value) if _binds(n)} | {
        n.arg for n in ast.walk(statement.value) if isinstance(n, ast.arg)
    }
    for node in ast.walk(statement.value):
        if isinstance(node, ast.Name) and node.id not in common | bound:
            return False
        if isinstance(node, ast.Constant) and "answers" in str(node.value):
            return False
    return True


def _binds(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)

"""Mutants of a module: small changes of its source that some test should notice.

Most operators are those of cosmic-ray; ours take away what code of Odoo stands on: a
statement (a lock, a check), an operand of a condition, a leaf of a search domain.
"""

import ast
import sys
from dataclasses import asdict, dataclass
from types import CellType, FunctionType

import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators import boolean_replacer, provider
from cosmic_ray.operators.operator import Operator
from parso.python.tree import Keyword

_SWAPS = {
    "Comparison": "Eq_NotEq NotEq_Eq Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE GtE_Gt"
    " GtE_Lt Is_IsNot IsNot_Is",
    "Binary": "Add_Sub Sub_Add Mul_Div Div_Mul BitOr_BitAnd BitAnd_BitOr Mod_Mul",
    "Unary": "Delete_Not Delete_USub",
}
_NAMES = (
    *(
        f"Replace{kind}Operator_{swap}"
        for kind, swaps in _SWAPS.items()
        for swap in swaps.split()
    ),
    "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr",
    "ReplaceOrWithAnd", "ReplaceBreakWithContinue", "ReplaceContinueWithBreak",
    "ExceptionReplacer", "NumberReplacer", "ZeroIterationForLoop",
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A change: which operator's, at which of its places, on which lines."""

    module: str
    operator: str
    occurrence: int
    line: int
    #: The first and last line of what runs when the change matters; None: wherever.
    span: tuple | None
    #: The function that holds it, as `Class.method`; None: a constant of the module.
    function: str | None


class _Ours(Operator):
    """An operator that takes something away."""

    def mutation_positions(self, node):
        for part in self._find(node):
            yield part.start_pos, part.end_pos

    def mutate(self, node, index):
        part = list(self._find(node))[index]
        siblings = part.parent.children
        at = siblings.index(part)
        siblings[at : at + 1] = self._replace(part)
        if len(siblings) > 1 and not isinstance(self, DeleteStatement):
            # The word or comma that joined it goes, too.
            del siblings[at if at < len(siblings) else at - 1]
        return node

    def _replace(self, part):
        return []

    @classmethod
    def examples(cls):
        return ()


class DeleteStatement(_Ours):
    """Leave out a call, an assignment to a field, an addition, a `raise`."""

    def _find(self, node):
        if node.type != "simple_stmt":
            return
        part = node.children[0]
        is_kept_up = part.type == "expr_stmt" and (
            part.children[0].type == "atom_expr"
            or getattr(part.children[1], "type", "") in ("operator", "augassign")
            and part.children[1].get_code().strip() != "="
        )
        if is_kept_up or part.type in ("atom_expr", "raise_stmt"):
            yield part

    def _replace(self, part):
        prefix = part.get_first_leaf().prefix
        return [Keyword("pass", part.start_pos, prefix)]


class RemoveOperand(_Ours):
    """Leave out one operand of `and` or `or`."""

    def _find(self, node):
        if node.type in ("and_test", "or_test"):
            yield from node.children[::2]


class RemoveLeaf(_Ours):
    """Leave out one leaf of a domain: a tuple of three that begins with two texts."""

    def _find(self, node):
        if node.type == "testlist_comp" and node.parent.children[0].value == "[":
            yield from filter(self._is_leaf, node.children[::2])

    @staticmethod
    def _is_leaf(part):
        inner = part.children[1] if part.type == "atom" else part
        items = getattr(inner, "children", [])[::2]
        return len(items) >= 3 and [item.type for item in items[:2]] == ["string"] * 2


class Negate(boolean_replacer.AddNot):
    """As cosmic-ray's, of the whole condition whatever it is made of."""

    def mutate(self, node, index):
        at = 1 if isinstance(node, self.NODE_TYPES) else 2
        node.children[at] = parso.parse(f" not ({node.children[at].get_code()})")
        return node


_OWN = (DeleteStatement, Negate, RemoveLeaf, RemoveOperand)
_OPERATORS = {
    **{name: provider.OperatorProvider()[name] for name in _NAMES},
    **{each.__name__: each for each in _OWN},
}


def find(module, source):
    """Return the mutants of a module, without those that nobody could notice.

    :param str module: name of the mutants' module
    :param str source: its text
    :rtype: list[Mutant]
    """
    tree, nodes = ast.parse(source), list(ast_nodes(get_ast(source)))
    functions, silent = _find_functions(tree), list(_find_silent(tree))
    mutants = []
    for name, operator in _OPERATORS.items():
        operator = operator()
        places = (
            place for node in nodes for place in operator.mutation_positions(node)
        )
        for occurrence, (start, end) in enumerate(places):
            if any(first <= start and end <= last for first, last in silent):
                continue
            path, span = None, None
            statement = _find_statement(tree, start, end)
            for holder, whole, body in functions:
                if not (whole[0] <= start and end <= whole[1]):
                    continue
                path, span = holder, (body[0][0], body[1][0])
                if start >= body[0]:
                    # Not a default: it matters where its statement runs, or the head
                    # of one that holds others.
                    inner = getattr(statement, "body", None)
                    until = inner[0].lineno - 1 if inner else statement.end_lineno
                    span = statement.lineno, max(until, statement.lineno)
            if not path and not isinstance(statement, ast.Assign):
                continue
            mutants.append(Mutant(module, name, occurrence, start[0], span, path))
    return mutants


def _find_functions(tree):
    """Return each function's path, its whole place and the place of its body."""
    found = []
    for holder in [tree, *(n for n in tree.body if isinstance(n, ast.ClassDef))]:
        for node in holder.body:
            if isinstance(node, ast.FunctionDef):
                path = ".".join(filter(None, [getattr(holder, "name", ""), node.name]))
                body = (_begin(node.body[0]), _end(node))
                found.append((path, (_begin(node), _end(node)), body))
    return found


def _find_silent(tree):
    """Yield the places of what is only read by people, or only when loading."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                yield _begin(decorator), _end(decorator)
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if not isinstance(part, ast.FunctionDef):
                    yield _begin(part), _end(part)
        if isinstance(node, ast.Call):
            words = ast.unparse(node.func)
            if words.startswith("_logger.") or words.endswith(("._", ".ensure_one")):
                yield _begin(node), _end(node)


def _find_statement(tree, start, end):
    """Return the innermost statement around a place."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and _begin(node) <= start and end <= _end(node)
    ]
    return max(around, key=_begin, default=None)


def _begin(node):
    return node.lineno, node.col_offset


def _end(node):
    return node.end_lineno, node.end_col_offset


def write(mutant, source):
    """Return the source of the module with a mutant's change."""
    changed = mutate_code(source, _OPERATORS[mutant.operator](), mutant.occurrence)
    compile(changed, "mutant", "exec")
    return changed


def apply(mutant, source, module):
    """Put a mutant into the running program, in place of what it changes.

    :param Mutant mutant: the change
    :param str source: the unchanged text of the module
    :param module: the live module
    """
    changed = write(mutant, source)
    if mutant.function is None:
        _apply_constant(changed, mutant.line, module)
        return
    holder, _dot, name = mutant.function.rpartition(".")
    code = compile(changed, module.__file__, "exec")
    for part in filter(None, [holder, name]):
        (code,) = (
            const
            for const in code.co_consts
            if hasattr(const, "co_name") and const.co_name == part
        )
    owner = getattr(module, holder) if holder else module
    live = vars(owner)[name]
    live = getattr(live, "__func__", live)
    live = getattr(live, "__wrapped__", live)
    live.__defaults__ = _read_defaults(changed, mutant.function, module)
    if code.co_freevars == live.__code__.co_freevars:
        live.__code__ = code
        return
    cells = dict(zip(live.__code__.co_freevars, live.__closure__ or (), strict=True))
    closure = tuple(cells.get(free, CellType(owner)) for free in code.co_freevars)
    new = FunctionType(code, vars(module), name, live.__defaults__, closure)
    new.__dict__.update(live.__dict__)
    type.__setattr__(owner, name, new) if holder else setattr(module, name, new)


def _read_defaults(source, path, module):
    holder, _dot, name = path.rpartition(".")
    tree = ast.parse(source)
    bodies = [tree.body] if not holder else [
        node.body for node in tree.body if getattr(node, "name", "") == holder
    ]  # fmt: skip
    (function,) = (
        node for body in bodies for node in body if getattr(node, "name", "") == name
    )
    values = [
        eval(compile(ast.Expression(value), "default", "eval"), vars(module))
        for value in function.args.defaults
    ]
    return tuple(values) or None


def _apply_constant(source, line, module):
    """Assign a module's constant anew, wherever it has been imported."""
    (node,) = (
        node
        for node in ast.parse(source).body
        if node.lineno <= line <= node.end_lineno
    )
    names = [target.id for target in node.targets]
    old = {name: getattr(module, name) for name in names}
    exec(compile(ast.Module([node], []), module.__file__, "exec"), vars(module))
    package = module.__name__.rpartition(".models")[0].rpartition(".wizards")[0]
    for other in list(sys.modules.values()):
        for name in names:
            if (
                getattr(other, "__name__", "").startswith(package or module.__name__)
                and vars(other).get(name, other) is old[name]
            ):
                setattr(other, name, getattr(module, name))


def as_dict(mutant):
    """Return a mutant as what JSON can hold."""
    return asdict(mutant)

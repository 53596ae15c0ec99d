"""A sandbox: a company's own templates of one language, which can neither reach out, reckon, nor run on.

What a template may be made of is a list (``ALLOWED``), so that whatever Jinja can do besides is refused, with its line.
What remains is counted: each turn of a loop and each call is a step, each letter that comes to be is a letter. Neither
needs a clock, a thread or a signal, and the same template always ends at the same place.
"""

from collections.abc import Callable, Iterator, Mapping, Sized
from functools import update_wrapper
from types import GeneratorType, TracebackType
from typing import Any, Final, cast

from jinja2 import (
    Environment,
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    nodes,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from drafts.limits import Budget

TEMPLATE_CHARS_MAX: Final = 20_000
ALLOWED: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Macro, nodes.Import, nodes.FromImport),
    *(nodes.If, nodes.For, nodes.Assign, nodes.AssignBlock, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem),
    *(nodes.Call, nodes.Filter, nodes.Test, nodes.Keyword, nodes.Concat, nodes.CondExpr, nodes.List, nodes.Tuple),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.ExprStmt),
)
BUILT_IN: Final = (str, bytes, int, float, tuple, list, dict, set, frozenset)
FAILS: Final = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""Whatever a wrong template can raise."""

_ON_TEXT: Final = ("trim", "lower", "upper", "capitalize", "cap", "stop", "escape", "e")
_ON_LISTS: Final = ("list", "length", "count", "first", "last", "unique", "map", "select", "reject")
_ON_ATTRIBUTES: Final = ("selectattr", "rejectattr")
_TESTS: Final = ("defined", "undefined", "none", "equalto", "eq", "ne", "in", "string", "number", "odd", "even")


class Broken(ValueError):  # noqa: N818 - it names what is wrong, as Finding and its leaves do
    """A company's template that cannot be used: in which file, on which line (0: the whole), and why."""

    def __init__(self, file: str, line: int, why: str) -> None:
        """Keep the place and the reason."""
        super().__init__(f"{file}:{line}: {why}" if line else f"{file}: {why}")
        self.file, self.line, self.why = file, line, why


class Sandbox(ImmutableSandboxedEnvironment):
    """The templates that a company has put over ours, by file name; ``house`` has ours, which they may import."""

    def __init__(self, files: Mapping[str, str], house: Environment) -> None:
        """Take the texts; nothing is compiled before it is asked for."""
        super().__init__(
            loader=FunctionLoader(self._source),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.do"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            optimized=False,  # nothing is worked out before it is counted
            finalize=self._said,
        )
        self._files, self._house, self._budget = files, house, Budget()
        self.globals = {}
        self.filters = {**self._counted(), "said": self._said, "turns": self._turns, "join": self._join}
        self.tests = {name: self.tests[name] for name in _TESTS}

    @property
    def names(self) -> tuple[str, ...]:
        """Of its files."""
        return tuple(self._files)

    def part(self, template: str, name: str) -> Callable[..., str] | None:
        """One macro of a template, bounded; None if the company has no such template, or it has no such macro.

        The macro raises Broken, and so does this.
        """
        file = f"{template}.md.j2"
        if file not in self._files:
            return None
        found = getattr(self.bounded(file, lambda: self._own(file).module), name, None)
        return None if found is None else lambda *slots: str(self.bounded(file, found, *slots))

    def bounded(self, file: str, make: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401 - whatever it makes
        """Do what a template asks for, within the limits. Raises Broken, whatever goes wrong."""
        self._budget.refill()
        try:
            return make(*given)
        except TemplateSyntaxError as wrong:
            raise Broken(file, wrong.lineno, wrong.message or "cannot be read") from None
        except FAILS as wrong:
            raise Broken(file, self._line(file, wrong.__traceback__), _why(wrong)) from None

    def tree(self, file: str) -> nodes.Template:
        """The template as it was written, for whoever wants to read it. Raises Broken."""
        parsed: nodes.Template = self.bounded(file, lambda: self.parse(self._files[file], file, file))
        return parsed

    def _source(self, file: str) -> tuple[str, str, None]:
        if len(self._files[file]) > TEMPLATE_CHARS_MAX:
            raise SecurityError(f"is longer than {TEMPLATE_CHARS_MAX:,} letters")
        return self._files[file], file, None

    def _own(self, file: str) -> Template:
        return super().get_template(file)

    def get_template(self, name: str | Template, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002, ANN401 - Jinja's own words
        """What a template imports is ours, whatever the company calls its own."""
        return self._house.get_template(name, parent, globals)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401 - as Jinja has it
        """Only what our slots offer: no method of a text can blow it up, and no time can be told without its zone."""
        if isinstance(obj, list):
            return attr == "append"  # all that we hand out are tuples, so it can only be a list of the template's own
        known = type(obj).__module__.startswith(("drafts.", "jinja2.")) and not isinstance(obj, BUILT_IN)
        return known and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:  # noqa: ANN401 - as Jinja has it
        """Offer no safe ``format`` in the place of a text's own: a width alone could make it a gigabyte."""
        del value

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401, N805, PYI063 - as Jinja has it
        """Call something, as one step, and as many more as what it is given is long."""
        __self._budget.step(1 + sum(len(one) for one in (*args, *kwargs.values()) if isinstance(one, Sized)))
        if isinstance(getattr(__obj, "__self__", None), list):
            args = tuple(map(__self._said, args))  # a list holds words, and no list
        made = super().call(__context, __obj, *args, **kwargs)
        return __self._said(made) if isinstance(made, str) else made

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - likewise
        for node in source.find_all(nodes.Node):
            _allow(node)
        return super()._generate(_Counting().visit(source), *args, **kwargs)

    def _said(self, words: object) -> str:
        """Only text and whole numbers are said: lists within lists, and times, have words of their own."""
        if isinstance(words, Undefined):
            return str(words)  # what was left out of an "if" says nothing, and what does not exist complains
        if isinstance(words, bool) or not isinstance(words, (str, int)):
            raise SecurityError(f"only text and whole numbers can be said, and this is {_sort(words)}")
        self._budget.write(len(text := str(words)))
        return text

    def _turns(self, values: Any, letters: int) -> Iterator[Any]:  # noqa: ANN401 - whatever a template goes through
        for value in values:
            self._budget.step()
            self._budget.write(letters)
            yield value

    def _join(self, values: Any, between: str = "") -> str:  # noqa: ANN401 - likewise
        return self._said(self._said(between).join(map(self._said, self._turns(values, len(between)))))

    def _counted(self) -> dict[str, Callable[..., Any]]:
        """The filters that there are, each of which costs what it is given and what it gives."""
        every = {**self.filters, **self._house.filters}
        text = {name: self._counting(every[name], self._said) for name in _ON_TEXT}
        return text | {name: self._counting(every[name]) for name in (*_ON_LISTS, *_ON_ATTRIBUTES)}

    def _counting(self, does: Callable[..., Any], takes: Callable[[Any], Any] | None = None) -> Callable[..., Any]:
        at = 1 if hasattr(does, "jinja_pass_arg") else 0  # Jinja hands some of them its context first

        def counted(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - as many sorts as there are filters
            self._budget.step(1 + (len(given[at]) if isinstance(given[at], Sized) else 0))
            taken = (*given[:at], takes(given[at]), *given[at + 1 :]) if takes else given
            made = does(*taken, **named)
            return list(self._turns(made, 0)) if isinstance(made, GeneratorType) else made

        return update_wrapper(counted, does)  # with its marks, by which Jinja knows what to hand it

    def _line(self, file: str, trace: TracebackType | None) -> int:
        """The line of the template on which it went wrong."""
        found = 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == file:
                found = self._own(file).get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return found


class _Counting(NodeTransformer):
    """Puts a count wherever a template can repeat or lengthen something."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - as Jinja has it
        letters = sum(len(data.data) for data in node.find_all(nodes.TemplateData))
        self.generic_visit(node)
        node.iter = _filtered(node.iter, "turns", nodes.Const(letters))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:  # noqa: N802 - likewise
        self.generic_visit(node)
        node.nodes = [_filtered(one, "said") for one in node.nodes]
        return _filtered(node, "said")

    def visit_List(self, node: nodes.List) -> nodes.List:  # noqa: N802 - likewise
        """A list holds words, so that none can hold itself many times over."""
        self.generic_visit(node)
        node.items = [_filtered(one, "said") for one in node.items]
        return node

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Tuple:  # noqa: N802 - likewise
        """So does a tuple, unless it names what a loop goes through."""
        self.generic_visit(node)
        node.items = [_filtered(one, "said") for one in node.items] if node.ctx == "load" else node.items
        return node


def _filtered(node: nodes.Node, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(cast("nodes.Expr", node), name, list(args), [], None, None, lineno=node.lineno)


def _allow(node: nodes.Node) -> None:
    """Raises TemplateSyntaxError, with the line, for what an override may not have."""
    what = ""
    if isinstance(node, nodes.BinExpr) and not isinstance(node, (nodes.And, nodes.Or)):
        what = "a template does not reckon: numbers come from the facts, and words are joined with ~"
    elif not isinstance(node, ALLOWED):
        what = f"{type(node).__name__} is nothing that a template of yours can use"
    elif isinstance(node, nodes.For) and node.recursive:
        what = "a loop cannot be recursive"
    elif isinstance(node, nodes.Name) and node.name in {"varargs", "kwargs", "caller"}:
        what = f"{node.name} cannot be used here"
    elif isinstance(node, (nodes.Import, nodes.FromImport)) and not isinstance(node.template, nodes.Const):
        what = "name the file that you import"
    if what:
        raise TemplateSyntaxError(what, node.lineno)


def _sort(value: object) -> str:
    sort = type(value).__name__
    return {"datetime": "a time: write s.tell.when(…)", "NoneType": "nothing: ask with if first"}.get(sort, f"a {sort}")


def _why(wrong: BaseException) -> str:
    if isinstance(wrong, TemplateNotFound):
        return f"there is no {wrong.name} of ours to import"
    if isinstance(wrong, UndefinedError) and "drafts." in str(wrong):
        *_, name, _ = str(wrong).split("'")
        return f"there is no slot {name}"
    return "calls itself too often" if isinstance(wrong, RecursionError) else str(wrong) or type(wrong).__name__

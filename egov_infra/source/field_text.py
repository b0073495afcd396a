"""The text under each field of a class, read from its source: descriptions are written once, where the field is."""

from __future__ import annotations

import ast
import inspect
import itertools


def field_texts(cls: type) -> dict[str, str]:
    """Field, or property, to its text; what is inherited is not among them."""
    tree = ast.parse(inspect.getsource(cls)).body[0]
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for pair in itertools.pairwise([*tree.body, ast.Pass()]):
        match pair:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
            case ast.FunctionDef(name=name, decorator_list=[ast.Name(id="property")]), _:
                found[name] = ast.get_docstring(pair[0]) or ""
    return found

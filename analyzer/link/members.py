"""What `x.name`, `x[key]` and "an element of x" are, for every kind of value."""

from __future__ import annotations

from abc import abstractmethod

from analyzer.link import commandline, hierarchy, library, paths, set_elsewhere, text_methods, type_hints, value_methods
from analyzer.link.configuration import environment, key_paths, mappings, settings_classes
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ClassRef,
    ConfigNode,
    External,
    FunctionRef,
    Instance,
    Known,
    LibraryObject,
    Many,
    ModuleRef,
    Pattern,
    Result,
    Sym,
    Table,
    Unknown,
    capped,
    literal,
)
from analyzer.link.module_names import ModuleNames
from analyzer.link.where import Where
from analyzer.link.wording import hint_of
from analyzer.read.facts import Call, Scope
from analyzer.read.values import CallRef, last_name


class Members(ModuleNames):
    @abstractmethod
    def callee(self, path: str, index: int) -> Alternatives: ...

    @abstractmethod
    def filled(self, values: Alternatives, function: FunctionRef, call: Call, where: Where) -> Alternatives: ...

    @abstractmethod
    def returned(self, function: FunctionRef) -> Alternatives: ...

    @abstractmethod
    def constructed(self, values: Alternatives, instance: Instance) -> Alternatives: ...

    # ---- modelled library -------------------------------------------------------------------------------------------

    def method(self, receiver: Abstract, name: str, call: Call, where: Where, index: int) -> Alternatives | None:
        found = self.objects.method(receiver, name, call, where, index) if self.objects is not None else None
        return found if found is not None else value_methods.method(self, receiver, name, call, where, index)

    def external_call(self, name: str, call: Call, where: Where) -> Alternatives | None:
        modelled = library.external_call(self, name, call, where)
        return self.objects.called(name, call, where) if modelled is None and self.objects is not None else modelled

    # ---- attributes --------------------------------------------------------------------------------------------------

    def attribute(self, base: Abstract, name: str, where: Where) -> Alternatives:
        found = self._attribute(base, name, where)
        is_open = not found or isinstance(found[0], Unknown)
        if is_open and self.objects is not None and isinstance(base, (LibraryObject, Result, Instance, ClassRef)):
            return self.objects.attribute(base, name) or found
        return found

    def _attribute(self, base: Abstract, name: str, where: Where) -> Alternatives:
        if isinstance(base, ModuleRef):
            return self.module_member(base.path, name)
        if isinstance(base, External):
            return commandline.attribute_of(self, base, name, where) or library.external_attribute(f"{base.name}.{name}")
        if isinstance(base, FunctionRef) and name in TASK_METHODS:
            return (base,)
        if isinstance(base, Instance):
            found = self.instance_attribute(base, name, where, 0)
            if name in TASK_METHODS and all(isinstance(a, Unknown) for a in found):
                method = hierarchy.called_method(self, base)
                return (method,) if method is not None else found
            return settings_classes.with_environment(self, base, name, found)
        if isinstance(base, ClassRef):
            return self.class_attribute(base, name, where, 0)
        if isinstance(base, Sym):
            return self._parameter_attribute(base, name)
        if isinstance(base, Pattern):
            return _path_attribute(base, name)
        if isinstance(base, ConfigNode):
            return key_paths.member(self, base, name)
        if isinstance(base, Table):
            return self.item(base, literal(name), where)
        if isinstance(base, Result):
            return commandline.attribute_of(self, base, name, where) or (Unknown(name, "attribute"),)
        if isinstance(base, Unknown):
            return (Unknown(f"{base.hint}.{name}" if base.hint else name, base.cause),)
        return (Unknown(name),)

    def _parameter_attribute(self, base: Sym, name: str) -> Alternatives:
        """A method of the project class that the parameter is annotated with; else the attribute is asked later, of what callers pass."""
        where = Where(base.function[0], 0, 1 << 30, 0)
        methods = [
            found
            for instance in type_hints.instances_of_parameter(self, base)
            for found in self.instance_attribute(instance, name, where, 0)
            if isinstance(found, FunctionRef)
        ]
        if methods:
            return capped([*methods])
        if len(base.ops) > 6:
            return (Unknown(name, "parameter"),)
        return (base.then("attr", name),)

    def instance_attribute(self, base: Instance, name: str, where: Where, depth: int) -> Alternatives:
        """`self.name`: what methods assign to it, what the constructor was given, class attributes, properties, base classes."""
        path = base.cls.path
        symbols = self.program.symbols(path)
        methods = symbols.children.get(base.cls.scope, {})
        initial = methods.get("__init__")
        if initial is not None:
            found = self._self_assigned(path, initial, name)
            if found:
                if base.described is not None:
                    return self.constructed(found, base)
                if base.call[1] >= 0:
                    call = self.program.facts[base.call[0]].calls[base.call[1]]
                    function = FunctionRef(path, initial, base)
                    return self.filled(found, function, call, _where_of(base.call[0], call))
                return found
        elif base.described is not None and (given := key_paths.value_at(self, base.described, name)):
            return given
        elif base.call[1] >= 0:
            passed = self.field_passed(base, name)
            if passed is not None:
                return passed
        for method, index in methods.items():
            if method != "__init__" and symbols.facts.scopes[index].kind == "function":
                found = self._self_assigned(path, index, name)
                if found:
                    return found
        if base.call[1] < 0 and initial is None and name in self.fields(base.cls) and self._is_record(base.cls, 0):
            return (Sym((path, base.cls.scope), name),)  # as if it were a parameter of the constructor that is not written out
        found = self.class_attribute(base.cls, name, where, depth, base)
        if depth == 0 and base.call[1] < 0 and base.described is None:
            found = self.constructed(found, base)
        if depth == 0 and all(isinstance(a, Unknown) or a == Known(None) for a in found):
            return type_hints.instances_of_field(self, base.cls, name) or self._of_subclasses(base, name, where) or found
        return found

    def _of_subclasses(self, base: Instance, name: str, where: Where) -> Alternatives:
        """An attribute that only subclasses give (template method): what each of them gives, when the object's own class is not known."""
        if base.call[1] >= 0:
            return ()
        found: list[Abstract] = []
        for cls in hierarchy.subclasses(self, base.cls):
            given = self.class_attribute(cls, name, where, 6, Instance(cls))
            found.extend(a for a in given if not isinstance(a, Unknown))
        return capped(found)

    def _self_assigned(self, path: str, method: int, name: str) -> Alternatives:
        symbols = self.program.symbols(path)
        params = symbols.facts.scopes[method].params
        if not params:
            return ()
        found: list[Abstract] = []
        for assign in symbols.assigns.get(method, {}).get(f"{params[0].name}.{name}", ())[-3:]:
            if assign.kind != "declared":
                found.extend(self.assigned(path, assign))
        if any(isinstance(a, Known) and a.value is not None for a in found) and self._is_counted(path, method, f"{params[0].name}.{name}"):
            found = [Unknown(name, "loop variable") if isinstance(a, Known) else a for a in found]
        telling = [a for a in found if not (isinstance(a, Known) and a.value is None)]
        return capped(telling or found)

    def _is_counted(self, path: str, method: int, target: str) -> bool:
        """Does a method of the class count the attribute up (`self.n += 1`)?"""
        symbols = self.program.symbols(path)
        siblings = symbols.children.get(symbols.facts.scopes[method].parent, {}).values()
        return any(a.kind == "aug" for other in siblings for a in symbols.assigns.get(other, {}).get(target, ()))

    def field_passed(self, base: Instance, name: str) -> Alternatives | None:
        """What a constructor call of a class without `__init__` (dataclass, pydantic, NamedTuple) gave for a field."""
        call_path, index = base.call
        call = self.program.facts[call_path].calls[index]
        where = _where_of(call_path, call)
        for keyword, value in call.keywords:
            if keyword == name:
                return self.value(value, where)
        given, _ = mappings.spread(self, call, where, name)
        if given:
            return given
        fields = self.fields(base.cls)
        if name in fields and fields.index(name) < len(call.args):
            return self.value(call.args[fields.index(name)], where)
        return None

    def _is_record(self, cls: ClassRef, depth: int) -> bool:
        """Does the class get its constructor from its annotated fields (dataclass, attrs, pydantic, NamedTuple)?"""
        scope = self.program.facts[cls.path].scopes[cls.scope]
        for value in scope.decorators:
            func = self.program.facts[cls.path].calls[value.index].func if isinstance(value, CallRef) else value
            if hint_of(func).rpartition(".")[2] in _RECORD_DECORATORS:
                return True
        where = Where(cls.path, max(scope.parent, 0), scope.at, 0)
        for base in scope.bases:
            if hint_of(base).rpartition(".")[2] in _RECORD_BASES:
                return True
            if any(isinstance(a, External) and a.name.startswith("luigi.") for a in self.value(base, where)):
                return True  # its parameters are the arguments of the constructor
            if depth < 4 and any(
                self._is_record(parent, depth + 1) for parent in self.value(base, where) if isinstance(parent, ClassRef) and parent != cls
            ):
                return True
        return False

    def fields(self, cls: ClassRef) -> list[str]:
        """The annotated fields of a class body, in order: what the constructor of a dataclass takes."""
        names = self.program.symbols(cls.path).assigns.get(cls.scope, {})
        calls = self.program.facts[cls.path].calls
        return [
            name
            for name, group in names.items()
            if group[0].kind in ("ann", "declared")
            or (isinstance(group[0].value, CallRef) and hint_of(calls[group[0].value.index].func).endswith("Parameter"))
        ]

    def class_attribute(self, cls: ClassRef, name: str, where: Where, depth: int, instance: Instance | None = None) -> Alternatives:
        symbols = self.program.symbols(cls.path)
        found: list[Abstract] = []
        for assign in symbols.assigns.get(cls.scope, {}).get(name, ())[-2:]:
            if assign.kind != "declared":
                # an empty text as a field's default says that somebody else sets it
                found.extend(a for a in self.assigned(cls.path, assign) if not (isinstance(a, Pattern) and not a.parts))
        if found:
            return capped(found)
        child = symbols.children.get(cls.scope, {}).get(name)
        if child is not None:
            return self._member(cls, child, instance)
        if depth < 6:
            scope = symbols.facts.scopes[cls.scope]
            at = Where(cls.path, max(scope.parent, 0), scope.at, 0)
            for value in scope.bases:
                for parent in self.value(value, at):
                    if isinstance(parent, ClassRef) and parent != cls:
                        inherited = (
                            self.instance_attribute(Instance(parent, instance.call, instance.described), name, where, depth + 1)
                            if instance is not None
                            else self.class_attribute(parent, name, where, depth + 1)
                        )
                        if not all(isinstance(a, Unknown) for a in inherited):
                            return inherited
        given = set_elsewhere.of_class(self, cls, name)
        return given or (Unknown(f"self.{name}" if instance is not None else name, "attribute"),)

    def _member(self, cls: ClassRef, child: int, instance: Instance | None) -> Alternatives:
        scope: Scope = self.program.facts[cls.path].scopes[child]
        if scope.kind == "class":
            return (ClassRef(cls.path, child),)
        function = FunctionRef(cls.path, child, instance or cls)
        decorators = {last_name(d) for d in scope.decorators}
        if decorators & {"property", "cached_property", "computed_field"}:
            given = capped([a for chosen in hierarchy.implementations(self, function) for a in self.returned(chosen)])
            return self.constructed(given, instance) if instance is not None and instance.call[1] >= 0 else given
        return (function,)

    # ---- items and elements ------------------------------------------------------------------------------------------

    def item(self, base: Abstract, key: Abstract, where: Where) -> Alternatives:
        text = key.text if isinstance(key, Pattern) else None
        position = key.value if isinstance(key, Known) and isinstance(key.value, int) and not isinstance(key.value, bool) else None
        if isinstance(base, Table):
            text = str(position) if base.is_list and position is not None else text
            found = [v for k, v in base.entries if text is None or k == text]
            if text is not None and not found:
                found = list(base.rest) or [Unknown(text, "key not found")]
            return capped([*found, *(base.rest if text is None else ())] or [Unknown()])
        if isinstance(base, Many):
            if position is not None and base.ordered and -len(base.items) <= position < len(base.items):
                return (base.items[position],)
            return capped(list(base.items) or [Unknown()])
        if isinstance(base, ConfigNode):
            return key_paths.item(self, base, key)
        if isinstance(base, Sym):
            if text is not None and len(base.ops) <= 6:
                return (base.then("item", text),)
            if position is not None and len(base.ops) <= 6:
                return (base.then("at", str(position)),)
            return (Unknown(f"{base.text}[…]", "parameter"),)
        if isinstance(base, LibraryObject) and self.objects is not None:
            return self.objects.item(base, key) or (Unknown(text or "item", "subscript"),)
        if isinstance(base, External):
            if base.name == "os.environ" and text is not None:
                return environment.variable(self, text, ())
            words = commandline.item_of(self, base, key, where)
            if words is not None:
                return words
        if isinstance(base, Result):
            parsed = commandline.item_of(self, base, key, where)
            return parsed or (Unknown(text or base.name.rpartition(".")[2], "call result"),)
        if isinstance(base, Instance):
            if position is not None and base.call[1] >= 0 and self._is_record(base.cls, 0):
                fields = self.fields(base.cls)
                if 0 <= position < len(fields):
                    return self.instance_attribute(base, fields[position], where, 0)
            return self._special(base, "__getitem__") or (Unknown(text or "item", "subscript"),)
        if isinstance(base, Unknown):
            shown = text if text is not None else "…" if position is None else str(position)
            return (Unknown(f"{base.hint}[{shown}]", base.cause if base.hint else "subscript"),)
        return (Unknown(text or "item", "subscript"),)

    def entered(self, value: Abstract) -> Alternatives:
        """What `with value as name` binds: what the project's own `__enter__` gives, else the value itself."""
        given = self._special(value, "__enter__") if isinstance(value, Instance) else ()
        return given if given and not all(isinstance(a, (Unknown, Instance)) for a in given) else (value,)

    def _special(self, base: Instance, name: str) -> Alternatives:
        """What a special method of an object gives, () when its class has none."""
        methods = self.instance_attribute(base, name, Where(base.cls.path, 0, 1 << 30, 0), 1)
        return capped([a for m in methods if isinstance(m, FunctionRef) for a in self.constructed(self.returned(m), base)])

    def elements(self, base: Abstract, hint: str) -> Alternatives:
        """What a loop over `base` yields."""
        if isinstance(base, Many):
            return capped(list(base.items)) if base.items else (Unknown(hint, "loop variable"),)
        if isinstance(base, Table) and base.is_list:
            return capped(list(base.listed))
        if isinstance(base, Table):
            # entries under keys that are not known make the known ones the exception
            is_known = base.entries and not base.rest
            return capped([literal(k, "constant") for k, _ in base.entries]) if is_known else (Unknown(hint, "loop variable"),)
        if isinstance(base, ConfigNode):
            return key_paths.elements(self, base, hint)
        if isinstance(base, LibraryObject) and self.objects is not None:
            return self.objects.element(base) or (Unknown(hint and f"{hint}[…]", "loop variable"),)
        if isinstance(base, Sym):
            return (base.then("element", "…"),) if len(base.ops) <= 6 else (Unknown(f"{base.text}[…]", "loop variable"),)
        if isinstance(base, Instance) and (iterated := self._special(base, "__iter__")):
            return capped([e for value in iterated for e in (self.elements(value, hint) if not isinstance(value, Instance) else ())])
        if isinstance(base, Unknown):
            return (Unknown(base.hint and f"{base.hint}[…]", "loop variable"),)
        if isinstance(base, Result) and (words := commandline.elements_of(self, base)) is not None:
            return words
        return (Unknown(hint and f"{hint}[…]", "loop variable"),)


def _where_of(path: str, call: Call) -> Where:

    return Where(path, call.scope, call.at, call.block)


def _path_attribute(base: Pattern, name: str) -> Alternatives:
    if name == "parent":
        return (paths.parent(base),)
    if name == "name":
        return (paths.name(base),)
    if name == "stem":
        return (paths.without_suffix(paths.name(base)),)
    if name == "suffix":
        return (paths.suffix(base),)
    if name == "parts":
        return (text_methods.segments(base),)
    if name == "parents":
        ancestors: list[Abstract] = []
        current = base
        for _ in range(8):
            current = paths.parent(current)
            ancestors.append(current)
        return (Many(tuple(ancestors)),)
    if name in ("value", "path", "fn"):
        return (base,)  # a member of a string enumeration, the path of a directory entry or of a Luigi target
    return (Unknown(name, "attribute"),)


TASK_METHODS = frozenset("map submit delay apply_async remote starmap".split())
"""What a decorated function or a task object offers to run it elsewhere with the same arguments (Prefect, Celery, Ray, Dask)."""
_RECORD_DECORATORS = frozenset("dataclass attrs define frozen mutable s attributes dataclass_json pydantic_dataclass".split())
_RECORD_BASES = frozenset("BaseModel BaseSettings NamedTuple SQLModel Struct RootModel GenericModel Tap TypedArgs".split())

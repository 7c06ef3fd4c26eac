"""Makes blocks: lets, and a result that mostly reads them, in one order or another, some only where others say so."""

from __future__ import annotations

from tests.laws.functions import Functions
from tests.laws.place import Place
from tests.laws.vocabulary import NUMBER, UNARY, Callee, Ty, list_of, opt_of, pool_of, request_of, tally_of


class Blocks(Functions):
    """The part of a maker that makes blocks."""

    def block(self, t: Ty, p: Place, most: int = 2, *calls: Callee, share: int = 0) -> str:
        """`{ let ... result }`. Mostly the result reads what was bound, in one order or another.

        `calls` are bound first. With a `share` each let and the result have fuel of their own.
        """
        lets: list[str] = []
        bound: list[tuple[str, Ty]] = []
        for k in range(len(calls) + (self.number(0, most) if self.fuel > 0 else 0)):
            name = self.name("v")
            self.fuel = self.number(2, share) if share else self.fuel
            type_ = calls[k].result if k < len(calls) else self.let_type()
            lets.append(f"let {name} = {self.call(calls[k], p) if k < len(calls) else self.expr(type_, p)}")
            p = p.bind(name, type_)
            bound.append((name, type_))
        self.fuel = self.number(2, share) if share else self.fuel
        reads = [self.kept(self.read(n, x, p)) for n, x in bound if self.number(0, 4)]
        if len(reads) > 1 and self.number(0, 1):
            reads.reverse()
        return "{ " + "\n  ".join([*lets, self.reading(reads, t, p)]) + " }"

    def kept(self, number: str) -> str:
        """A number that mostly comes, whatever fails below it; now and then only after something slow."""
        if self.number(0, 2) == 2:
            number = f'(if likes("oak") {{ {number} }} else {{ 0 }})'
        return f"({number} | otherwise({self.number(0, 3)}))" if self.number(0, 1) else number

    def read(self, name: str, t: Ty, p: Place) -> str:
        """A number that needs the value of a name."""
        match t.kind:
            case "pool" if self.number(0, 2) == 2:
                one, two = (self.one((f"({name} | pick)", f"({name} | resample | vote | .winner)")) for _ in "ab")
                return (
                    f"({one} * 3 - {two})" if t.item == NUMBER else f"(length(show({one})) * 3 - length(show({two})))"
                )
            case "list" | "pool":
                return (
                    f"({name} | count({self.one(('true', '_ => likes(show(1))'))}))"
                    if t.item != NUMBER
                    else f"sum({name})"
                )
            case "request":
                self.pay(p)
                return {"number": f"({name} | ask)"}.get(
                    t.item.name, f"length(({name} | sample(n=2)) | each(c => c.text))"
                )
            case "tally":
                return f"{name}.{self.one(('share', 'size', 'margin'))}"
            case "opt":
                return f"(if {name} == none {{ 1 }} else {{ 2 }})"
            case "function":
                return f"{name}({', '.join(self.literal(x) for x in t.params)})"
            case _:
                pass
        return {
            "number": name,
            "text": f"length({name})",
            "bool": f"(if {name} {{ 1 }} else {{ 2 }})",
            "Kind": f"(if {name} == Kind.red {{ 1 }} else {{ 2 }})",
            "Pair": f"({name}.left - {name}.right)",
        }[t.name]

    def reading(self, reads: list[str], t: Ty, p: Place) -> str:
        """An expression of a type that needs these numbers, some of them only where others say so."""
        if not reads:
            return self.expr(t, p)
        if t == NUMBER:
            return f"({' + '.join(reads)})" if self.fuel <= 0 else f"({' + '.join(reads)} + {self.expr(t, p)})"
        if t == list_of(NUMBER):
            return f"[{', '.join(reads)}, {self.expr(NUMBER, p)}]"
        k, rest = self.number(0, 5), reads[1:]
        return f"if {reads[0]} < {k} {{ {self.reading(rest, t, p)} }} else {{ {self.reading(rest[1:], t, p)} }}"

    def let_type(self) -> Ty:
        v = self.any_value()
        found: Ty = self.one((NUMBER, v, pool_of(v), request_of(v), tally_of(v), list_of(NUMBER), opt_of(v), UNARY))
        return found

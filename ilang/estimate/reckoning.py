"""What each stage of a graph will cost, by what is known and guessed before it runs.

Goes from the output back through what is read: what surely is, what may be (an arm of a branch, a `let`, the body of a
loop that may end at once), and what is never. A stage's draws are told low, expected and high. They count what the
program is worth (`run/worth.py`); a draw that is asked for and cannot be had counts too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ilang.backend.prices import Prices, prices_of
from ilang.base.ranges import outside
from ilang.base.type import BOOL, Enum, Type
from ilang.base.value import Asked, Model
from ilang.draws.stand_in import with_stand_ins
from ilang.estimate.guesses import Guesses
from ilang.estimate.item import Item, Known, Site, calls_of
from ilang.estimate.likely import Likely, likely_of, why_of
from ilang.estimate.part import Made, Part
from ilang.estimate.range import ANY, ONCE, Range, product
from ilang.estimate.shelf import Shelf
from ilang.estimate.sum import Limit, Scope
from ilang.graph import node as g
from ilang.run.cost import Amount
from ilang.run.failure import RunFailed
from ilang.run.rough import UNKNOWN, Rough, known, may_be_function
from ilang.stages.choosing import MOST_TOKENS
from ilang.stages.drawn import SETTINGS
from ilang.stages.pure import PURE
from ilang.stages.stage import Most, Want
from ilang.stages.waves import Consumer

ONE_BY_ONE = 256
"""Elements of a list that are looked at one by one, at most; of a longer one all are taken for alike."""

LOOKED_UP = 100_000
"""Draws of one request that are looked up in the store, at most; what is behind counts as not stored."""

FAR_BEHIND = f"of one request {LOOKED_UP:,} draws are looked up in the store; those behind count as not stored"

PARTS = 20_000
"""Parts that one estimate looks at before it takes the elements of lists for alike."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws of one kind of a stage, each time that it runs: `surely` so many; `each` of so many `wants`; a reply of at
    most `limit` tokens, expected to have `tokens` where that is told. `known`: those whose requests are known. They go
    out in so many `waves`, one behind the other."""

    surely: Amount
    each: Range
    wants: Range
    limit: Amount
    tokens: float | None = None
    known: tuple[Known, ...] = ()
    waves: Range = ONCE


class Reckoning:
    """One estimate. `scope` has what was found."""

    def __init__(self, guesses: Guesses, shelf: Shelf) -> None:
        self.guesses = guesses
        self.scope = Scope()
        self._shelf = shelf
        self._parts = 0

    def of(self, part: Part) -> None:
        """All that computing a part's output comes to."""
        part.need(part.graph.output, 1, 1)
        self._walk(part)
        self._look_up()

    def _walk(self, part: Part) -> None:
        """From the last node back; each stands behind its inputs, so all its readers have been."""
        self._parts += 1
        for place in range(len(part.graph.nodes) - 1, -1, -1):
            need = part.needed.get(place)
            if need is not None:
                self._node(part, place, need)

    def _node(self, part: Part, place: int, need: Range) -> None:
        node = part.graph.nodes[place]
        value = self.guesses.rough(part, place).value
        if value is not UNKNOWN and not isinstance(node, g.Input | g.Branch):
            return  # told without a model
        low, usual = need.low, need.usual
        for i in g.strict_inputs(node):
            part.need(i, low, usual)
        sure = low if all(self.guesses.likely(part, i).sure for i in g.strict_inputs(node)) else 0
        match node:
            case g.Input(at):
                lazy = part.lazy[at]
                if lazy is not None:
                    lazy.part.need(lazy.place, low, usual)
            case g.Function():
                for i in node.inputs:
                    part.need(i, 0, usual)
            case g.Branch():
                self._branch(part, node, low, usual)
            case g.Region("call"):
                self._enter(self.guesses.body(part, place), part, low, usual)
            case g.Budget():
                self._within(part, place, node, sure, usual)
            case g.Region():
                self._region(part, place, node, usual)
            case g.Apply(g.CallOp()):
                given = [self.guesses.rough(part, i) for i in node.inputs]
                likely = [self.guesses.likely(part, i) for i in node.inputs]
                self._call(part, place, "", given[0], likely[1:], Range(sure, usual, 1), given[1:])
            case g.Apply(g.StageOp(name, names)) if name not in PURE:
                self._stage(part, place, name, names, sure, usual)
            case g.Draw(name, names):
                self._stage(part, place, name, names, sure, usual)

    def _enter(self, inner: Part, part: Part, low: float, usual: float) -> None:
        """A body that is computed where it is read, in the same activation."""
        inner.times, inner.rounds = part.times, part.rounds
        inner.need(inner.graph.output, low, usual)
        self._walk(inner)

    def _branch(self, part: Part, node: g.Branch, low: float, usual: float) -> None:
        first = self.guesses.rough(part, node.inputs[0]).value
        share = self.guesses.assume.branch
        if node.kind == "if":
            if first is not UNKNOWN:
                part.need(node.inputs[1] if first else node.inputs[2], low, usual)
                return
            part.need(node.inputs[1], 0, usual * share)
            part.need(node.inputs[2], 0, usual * (1 - share))
        elif first is UNKNOWN:
            part.need(node.inputs[1], 0, usual if node.kind == "some" else usual * (1 - share))
        elif (first is None) == (node.kind == "otherwise"):
            part.need(node.inputs[1], low, usual)

    def _within(self, part: Part, place: int, node: g.Budget, low: float, usual: float) -> None:
        """A body under a budget: what may be refused is not sure."""
        inner = self.guesses.body(part, place)
        values = [self.guesses.rough(part, i) for i in node.inputs[: len(node.names)]]
        limit = limit_of(node.names, values)
        outer, self.scope = self.scope, Scope(limit.often(product(part.times.high, part.rounds.high)))
        self._enter(inner, part, low, usual)
        mine, self.scope = self.scope, outer
        outer.inner.append(mine)
        if limit.clock or not mine.wanted().fits(mine.limit):
            for item in mine.all():
                unsure(item)

    def _region(self, part: Part, place: int, node: g.Region, usual: float) -> None:
        names = node.names
        roughs = [self.guesses.rough(part, i) for i in node.inputs[: len(names)]]
        likely = [self.guesses.likely(part, i) for i in node.inputs[: len(names)]]
        for i in node.inputs[len(names) :]:
            part.need(i, 0, usual)
        pool = dict(zip(names, likely, strict=True))["pool"]
        for name, x in zip(names, roughs, strict=True):
            if may_be_function(name, x):
                times = Range(0, usual, 1).times(pool.count)
                self._call(part, place, name, x, [pool] * 2, times)
        for often, body, until in self.guesses.rounds(part, place, node)[0]:
            rounds = part.rounds.times(Range(0, usual, 1)).times(often)
            for one in (body, until):
                if one is None:
                    continue
                one.times, one.rounds = part.times, rounds
                one.need(one.graph.output, 0, 1)
                self._walk(one)
            if until is not None and node.until_each:
                test = self.guesses.rough(until, until.graph.output)
                each = until.likely[0]
                self._call(until, until.graph.output, "until", test, [each], Range(0, 1, 1).times(each.count))

    # -- functions

    def _call(
        self,
        part: Part,
        place: int,
        of: object,
        x: Rough,
        likely: Sequence[Likely],
        asked: Range,
        known: Sequence[Rough] = (),
    ) -> None:
        """A function called so often each time that this part is computed."""
        if isinstance(x.function, Made):
            inner = self.guesses.function(part, place, of, x.function, likely, known)
            inner.times = part.times.times(part.rounds).times(asked)
            inner.need(inner.graph.output, 1, 1)
            self._walk(inner)
        elif not x.always and asked.high and x.value is UNKNOWN:
            why = "which function is called here is not known before the run"
            site = Site("call", part.way, part.graph.nodes[place].span)
            bound = self.guesses.world.bindings
            item = Item(site, part.activation, (*part.order, place), (), None, ANY, ANY, ANY, ANY, ANY, unbounded=why)
            item.prices = self._prices([bound.default, *bound.models.values()])
            self.scope.items.append(item)

    def _elements(self, part: Part, place: int, name: str, x: Rough, items: Rough, asked: Range) -> bool:
        """A function asked of each element of a list that is known; tells whether it was."""
        value = items.value
        if not isinstance(x.function, Made) or not isinstance(value, tuple) or x.function.arity != 1:
            return False
        if len(value) > ONE_BY_ONE or self._parts > PARTS or asked.low != asked.high:
            return False
        once = Range(min(1, asked.low), asked.usual / len(value) if value else 0, 1)
        for k, one in enumerate(value[: int(asked.high)]):
            of = likely_of(one, self.guesses.assume)
            self._call(part, place, (name, k), x, [of], once, [known(one)])
        return True

    # -- stages

    def _stage(self, part: Part, place: int, name: str, names: Sequence[str], sure: float, usual: float) -> None:
        inputs = part.graph.nodes[place].inputs
        roughs = [self.guesses.rough(part, i) for i in inputs]
        likely = [self.guesses.likely(part, i) for i in inputs]
        given, guessed = dict(zip(names, roughs, strict=True)), dict(zip(names, likely, strict=True))
        at_most, at_usual = self.guesses.sizes(names, roughs, likely)
        most, expected = self.guesses.most(name, at_most), self.guesses.most(name, at_usual)
        next_ = None
        for argument, x in given.items():
            if not may_be_function(argument, x):
                continue
            source = guessed.get("pool", guessed.get("list"))
            if source is None:  # what is checked as it is drawn
                source = self.guesses.likely(part, place)
            items = given.get("list", Rough())
            low = 0
            if name in ("each", "any", "count") and isinstance(items.value, tuple) and sure:
                low = int(most.asked) if most.asked < math.inf else 0
            asked = Range(low, usual * finite(expected.asked, source.count.usual), most.asked)
            arity = x.function.arity if isinstance(x.function, Made) else 1
            if not self._elements(part, place, argument, x, items, asked):
                self._call(part, place, argument, x, [source] * arity, asked)
            if argument == "next" and isinstance(x.function, Made):
                body = self.guesses.function(part, place, argument, x.function, [source] * arity)
                next_ = self.guesses.likely(body, body.graph.output)
        if (most.wants and most.each) or name == "tally":
            prompt = asked_for(name, given, guessed, next_)
            self._draws(part, place, name, given, guessed, (most, expected), prompt, Range(sure, usual, 1))

    def _draws(
        self,
        part: Part,
        place: int,
        name: str,
        given: Mapping[str, Rough],
        guessed: Mapping[str, Likely],
        what: tuple[Most, Most],
        prompt: Likely,
        need: Range,
    ) -> None:
        """The draws of a stage: those of its requests, and those that tell choices apart."""
        models = self.guesses.models(name, given, guessed.get("pool"))
        limit = self.guesses.limit(given, models)
        forms = self._forms(name, given, prompt, models)
        pool = guessed["pool"].count if "pool" in guessed else ONCE
        if forms is not None:
            told = Range(0, 1, product(forms, MOST_TOKENS))
            self._item(part, place, name, models, Drawing(0, ONCE, pool.times(told), 1, 1.0), prompt, guessed, need)
            if name == "tally":
                return
        surely, each, wants = plainly(name, given, guessed, what)
        if name == "extend" and (forms is not None or given["choices"].value is not None):
            surely, each, wants = 0, ONCE, wants.times(each)  # each way begins with a choice of its own
        surely, each, waves = self._waves(given, models, surely, each)
        known = self._known(part, name, given, models, int(each.low) if waves != ONCE else None)
        of = Drawing(surely, each, wants, limit, None, known, waves)
        self._item(part, place, name, models, of, prompt, guessed, need)

    def _waves(
        self, given: Mapping[str, Rough], models: Sequence[Model], surely: Amount, each: Range
    ) -> tuple[Amount, Range, Range]:
        """Draws that stop once a consumer is settled (`stages/waves.py`): those of the first wave are sure."""
        consumer = given["consumer"].value if "consumer" in given else None
        asks = isinstance(consumer, Consumer) and consumer.asks
        eager = all(self.guesses.world.eager_of(m, asks=asks) >= 1 for m in models)
        if not isinstance(consumer, Consumer) or eager or each.high == math.inf or not each.high:
            return surely, each, ONCE
        n = int(each.high)
        first = consumer.fewest((), n)
        usual = first + (n - first) * self.guesses.assume.waves
        return (first if surely else 0), Range(first, usual, n), Range(1, 1 if first == n else 2, n - first + 1)

    def _item(
        self,
        part: Part,
        place: int,
        name: str,
        models: Sequence[Model],
        of: Drawing,
        prompt: Likely,
        guessed: Mapping[str, Likely],
        need: Range,
    ) -> None:
        """What draws of one kind come to."""
        chains = [with_stand_ins(m) for m in models]
        either = list(dict.fromkeys(m for chain in chains for m in chain))
        at_once_of = {m: self._at_once(m, of) for m in either}
        at_once = [at_once_of[m] for m in models]
        surely = int(of.surely) if need.low and part.times.low >= 1 and part.rounds.low >= 1 else 0
        often = part.times.times(part.rounds).times(Range(0, need.usual, 1))
        draws = replace(often.times(of.wants).times(of.each), low=surely)
        requests = often.times(of.wants)
        calls = Range(
            min(calls_of(surely, n) for n in at_once),
            requests.usual * (calls_of(of.each.usual, at_once[0]) + of.waves.usual - 1),
            max(product(requests.high, calls_of(of.each.high, n) + of.waves.high - 1) for n in at_once),
        )
        more = [
            sum(product(requests.high, calls_of(of.each.high, at_once_of[m]) + of.waves.high - 1) for m in chain[1:])
            for chain in chains
        ]
        size = prompt.size
        if of.known:
            most = sum(one.n for one in of.known)
            low_calls, high_calls = asked_of(of.known, at_once[0])
            draws = replace(draws, usual=min(draws.usual, most), high=min(draws.high, most))
            high_calls += sum(one.n - one.sure for one in of.known)  # each may be a wave
            calls = Range(low_calls if surely else 0, min(calls.usual, high_calls), min(calls.high, high_calls))
            asks = [replace(one.ask, model=m) for one in of.known for m in either]
            high = max(self._shelf.most_prompt_tokens(ask) for ask in asks)
            size = Range(min(size.low, high), min(size.usual, high), high)
        contexts = [self._shelf.capabilities(m).context for m in either]
        if None not in contexts:
            size = size.at_most(max(c for c in contexts if c is not None))
        reply, spoken, measured = self._reply(prompt.prompt, models[0], of)
        item = Item(
            Site(name, part.way, part.graph.nodes[place].span, prompt.prompt),
            part.activation,
            (*part.order, place),
            models,
            widest(at_once),
            part.times,
            calls,
            draws,
            calls.times(size),
            Range(0, draws.usual * reply, product(draws.high, of.limit)),
            sure=surely,
            prompt=int(size.low),
            prices=self._prices(models),
            size=size,
            limit=of.limit,
            share=draws.usual / sum(one.n for one in of.known) if of.known else 0.0,
            waves=of.waves != ONCE,
            known=of.known,
            assumed=counted_by(often, of, guessed),
            spoken=spoken | prompt.assumed,
            measured=measured,
            links=max(map(len, chains)) - 1,
            more=max(more),
            widest=widest(list(at_once_of.values())),
            dear=self._prices(either),
        )
        item.unbounded = why_unbounded(item, of, prompt, guessed)
        self.scope.items.append(item)

    def _at_once(self, model: Model, of: Drawing) -> int | None:
        """Draws that one call of a model brings at most, None without a limit."""
        able = self._shelf.capabilities(model)
        return able.max_n if able.n and of.tokens is None else 1

    def _forms(self, name: str, given: Mapping[str, Rough], prompt: Likely, models: Sequence[Model]) -> Amount | None:
        """How many texts are told apart by log-probabilities; None where none are: a scripted model says one."""
        if name not in ("tally", "extend") or (name == "extend" and given["choices"].value is None):
            return None
        if all(model.provider == "fake" for model in models):
            return None
        choices = given["choices"].value
        if isinstance(choices, tuple):
            return 2 * len(choices)
        return forms_of(prompt.reads) if name == "tally" and choices is None else math.inf

    def _known(
        self, part: Part, name: str, given: Mapping[str, Rough], models: Sequence[Model], first: int | None
    ) -> tuple[Known, ...]:
        """The draws of a stage whose requests are known. `first`: those of the first wave, where there are waves."""
        if name not in ("ask", "sample") or len(models) != 1 or part.rounds.high == math.inf:
            return ()
        request = given["request"] if "request" in given else given["requests"]
        settings = [(n, given[n].value) for n in SETTINGS if n in given]
        n = given["n"].value if "n" in given else 1
        requests = request.value if isinstance(request.value, tuple) else (request.value,)
        if not isinstance(n, int) or n < 1 or not part.rounds.high or any(v is UNKNOWN for _, v in settings):
            return ()
        if not requests or not all(isinstance(one, Asked) for one in requests):
            return ()
        chosen = tuple((name, value) for name, value in settings if value is not None)
        found = []
        for one in requests:
            want = Want(one, models[0], n, chosen, candidate=name == "sample")
            try:
                ask = self.guesses.world.ask_of(want)
                rounds = int(part.rounds.high)
                whole = n * rounds
                sure = whole if first is None else min(first, whole)
                found.append(Known(ask, self._shelf.key(ask), whole, 0, {}, sure, rounds))
            except (RunFailed, ValueError, TypeError):
                return ()
        return tuple(found)

    def _reply(self, prompt: str, model: Model, of: Drawing) -> tuple[float, frozenset[str], str]:
        """Tokens that a reply is expected to have, and by what."""
        if of.tokens is not None:
            return of.tokens, frozenset(), ""
        usual, spoken = self.guesses.expected_reply(of.limit)
        if self.guesses.assume.reply or not prompt:
            return usual, spoken, ""
        mean = self._shelf.mean(prompt, model)
        if mean is None:
            return usual, spoken, ""
        words = f"a reply to `{prompt}` has {mean.output:,.0f} tokens, the mean of {mean.draws:,} in the store"
        return min(mean.output, of.limit), frozenset(), words

    def _prices(self, models: Sequence[Model]) -> tuple[Prices, ...] | None:
        """What the models cost, None where one does not tell."""
        found = [prices_of(m, self._shelf.capabilities(m)) for m in models]
        prices = tuple(one for one in found if one is not None)
        return prices if len(prices) == len(found) else None

    # -- the store

    def _look_up(self) -> None:
        """Which of the known draws the store has: in each activation a request's draws are counted in order."""
        taken: dict[tuple[int, object], int] = {}
        loose: set[tuple[int, object]] = set()
        for item in sorted(self.scope.all(), key=lambda item: item.order):
            if not item.known:
                continue
            found = []
            for one in item.known:
                at = item.activation, one.key
                first = taken.get(at, 0)
                taken[at] = first + one.n
                stored = self._shelf.found(one.key, range(first, min(first + one.n, LOOKED_UP)))
                found.append(replace(one, first=first, stored=stored, shifted=at in loose))
            item.known = tuple(found)
            if not item.sure:
                loose |= {(item.activation, one.key) for one in found}
            item.cut_off = FAR_BEHIND if any(one.first + one.n > LOOKED_UP for one in found) else ""
            settled(item)


def settled(item: Item) -> None:
    """Takes the tokens of draws that the store has for what they are."""
    stored = [draw for one in item.known for draw in one.stored.values()]
    if not stored:
        return
    total = sum(one.n for one in item.known)
    surely = sum(d.output_tokens for one in item.known for i, d in one.stored.items() if i < one.first + one.sure)
    spoken = sum(draw.output_tokens for draw in stored)
    missing = total - len(stored)
    mean = item.output.usual / item.draws.usual if item.draws.usual else 0
    high = spoken + product(missing, item.limit)
    if any(one.shifted for one in item.known):  # it is not known which of them
        surely, high = 0, item.output.high
    item.output = Range(
        surely if item.sure else 0, item.share * (spoken + missing * mean), high if item.draws.high else 0
    )
    if not missing:
        item.spoken = frozenset()
        read = Range()
        for one in item.known:
            prompt = next(iter(one.stored.values())).input_tokens
            calls = one.calls(item.at_once)
            read += Range(0, calls * prompt, calls * prompt)
        if item.waves:
            return
        item.input = Range(
            item.input.low, item.share * read.usual, min(item.input.high, max(read.high, item.input.low))
        )


def unsure(item: Item) -> None:
    """Of an item that a budget may refuse."""
    item.sure = 0
    item.calls, item.draws = replace(item.calls, low=0), replace(item.draws, low=0)
    item.input, item.output = replace(item.input, low=0), replace(item.output, low=0)


def asked_for(name: str, given: Mapping[str, Rough], guessed: Mapping[str, Likely], next_: Likely | None) -> Likely:
    """What is guessed of the requests that a stage sends."""
    if "pool" in guessed:
        pool = guessed["pool"]
        if "next" in given and given["next"].value is not None:
            return next_ if next_ is not None else replace(pool, size=ANY, prompt="", unbounded="`next` is not known")
        return replace(pool, size=pool.asked + pool.size)
    return guessed.get("request", guessed.get("requests", Likely()))


def plainly(
    name: str, given: Mapping[str, Rough], guessed: Mapping[str, Likely], what: tuple[Most, Most]
) -> tuple[Amount, Range, Range]:
    """Draws that a stage surely asks for each time; draws of a request; requests."""
    most, expected = what
    if name in ("ask", "tally"):
        return int(name == "ask"), ONCE, ONCE
    if name == "extend":
        pool, n = guessed["pool"].count, given["n"].value
        each = Range(0, n, n) if isinstance(n, int) and n > 0 else Range(0, finite(expected.each), most.each)
        return 0, each, Range(0, pool.usual, min(pool.high, most.wants) if most.wants else pool.high)
    each = Range(0, finite(expected.each), most.each)
    wants = Range(0, finite(expected.wants), most.wants)
    if name == "sample":
        n = given["n"].value
        count = guessed["requests"].count.low if "requests" in guessed else 1
        if isinstance(n, int) and outside("n", n) is None:
            return count * n, each, wants
    return 0, each, wants


def asked_of(known: Sequence[Known], at_once: int | None) -> tuple[Amount, Amount]:
    """Calls that known draws are at least, where equal requests go together, and at most."""
    by_key: dict[object, int] = {}
    for one in known:
        by_key[one.key] = by_key.get(one.key, 0) + one.sure
    return sum(calls_of(n, at_once) for n in by_key.values()), sum(one.calls(at_once) for one in known)


def widest(at_once: Sequence[int | None]) -> int | None:
    """Draws that one call brings at most, whichever of the models it asks; None without a limit."""
    return None if None in at_once else max(n for n in at_once if n is not None)


def forms_of(reads: Type | None) -> Amount:
    """How many texts say one of the values of a type."""
    if reads == BOOL:
        return 4
    return 2 * len(reads.members) if isinstance(reads, Enum) else math.inf


def limit_of(names: Sequence[str], values: Sequence[Rough]) -> Limit:
    """What a `within` lets through; a limit that is not known may be any, so that nothing is sure."""
    found: dict[str, Amount] = {}
    for name, x in zip(names, values, strict=True):
        if name != "seconds" and isinstance(x.value, int | float) and x.value >= 0:
            found[name] = x.value
    clock = "seconds" in names or len(found) < len(names)
    return Limit(found.get("calls", math.inf), found.get("tokens", math.inf), exact(found.get("usd", math.inf)), clock)


def exact(usd_: Amount) -> Fraction | float:
    return math.inf if usd_ == math.inf else Fraction(usd_).limit_denominator(10**12)


def finite(*some: Amount) -> float:
    """The first of these that is a number."""
    return next((float(x) for x in some if x < math.inf), 0.0)


def counted_by(often: Range, of: Drawing, guessed: Mapping[str, Likely]) -> frozenset[str]:
    """By which assumptions it was said how many draws are expected: none where it is known."""
    found = frozenset({"branch"}) if often.usual < often.high else frozenset()
    if of.waves != ONCE:
        found |= {"waves"}
    for name in ("pool", "list", "requests"):
        if name in guessed and guessed[name].count.usual != guessed[name].count.high:
            found |= guessed[name].assumed
    if "n" in guessed and of.each.usual != of.each.high and of.waves == ONCE:
        found |= {"n"}
    return found - {"characters", "reread", "output", "reply", "text"}


def why_unbounded(item: Item, of: Drawing, prompt: Likely, guessed: Mapping[str, Likely]) -> str:
    """Why something of it has no bound, in words; empty where all have."""
    if item.draws.high == math.inf:
        if of.each.high == math.inf and "n" in guessed:
            return guessed["n"].unbounded or "`n` is not known before the run"
        if of.wants.high == math.inf:
            return why_of(guessed.values()) or "how many requests it sends is not known before the run"
        return "how often it is asked is not known before the run"
    if of.limit == math.inf and item.draws.high:
        return "`max_tokens` is not known before the run"
    if item.input.high == math.inf:
        return prompt.unbounded or "how long its prompt is is not known before the run"
    return ""

import sys
from tests.laws.running import *
from tests.laws.clockwork import *
HEAD = '''
use python weight_of, passes, size_of, likes from "judges.py"
model a = sim("one")
model b = sim("two")
prompt num(x: number) -> number { user """Reply with the number only. {{x}}""" }
prompt num2(y: number) -> number { user """Reply with the number only. {{y}}""" }
prompt numa(x: number) -> number { user """Reply with the number only. {{x}}""" assistant """""" }
'''
def probe(name, body, many=30, **kw):
    p = compiled(HEAD + body)
    ref = plainly(p, **kw)
    bad = 0
    for kind in KINDS:
        for seed in range(many if kind in ("random","shuffled", "slow-first") else 1):
            for g in (p.graph, p.optimized()):
                try:
                    got = side_by_side(p, g, Schedule(kind, seed), **kw)
                except Stuck:
                    print(name, kind, seed, "STUCK"); bad += 1; continue
                d = ref.differs(got)
                if d:
                    bad += 1
                    if bad <= 2: print(name, kind, seed, d)
    print(name, "bad", bad, "| value", ref.value if len(str(ref.value))<200 else '...', ref.status, len(ref.taken))
if __name__ == "__main__":
    kw = dict(faults=0, unread=0)
    probe("lists of functions", '''
pipeline p(f: (int) -> number, g: (int) -> number) -> list[number] { [f, g] | each(h => h(1)) }
pipeline main() -> list[number] {
  let a = num(1) | ask
  let b = num(1) | ask
  p(x => weight_of(x) + a, y => y * 10 + b)
}''', **kw)
    probe("empty assistant", '''
pipeline main() -> list[number] {
  let a = num(num(7) | ask)  | sample(n=3)
  let b = numa(num(7) | ask) | sample(n=3)
  [a | sum, b | sum, num(7) | ask]
}'''.replace("a | sum", "sum(a)").replace("b | sum", "sum(b)"), **kw)
    probe("empty assistant2", '''
pipeline main() -> list[number] {
  let a = num(num(7) | sample(n=3) | best(num(8) | ask)) | sample(n=3)
  let b = numa(num(7) | ask) | sample(n=3)
  [sum(a), sum(b), num(1)|ask, numa(1)|ask]
}''', **kw)
    probe("tally", '''
pipeline main() -> number {
  let s = num(1) | sample(n=3) | vote
  let t = num(2) | sample(n=4) | vote
  if s.share > t.share { s.winner } else { t.winner }
}''', **kw)
    probe("places", '''
pipeline main() -> list[number] {
  num(1) | sample(n=2) | refine(num(num(it) | sample(a, n=2) | best), a) | each(it)
}''', **kw)
    probe("negative n", '''
pipeline main() -> list[number] {
  let n = 0 - 1
  [length(num(1) | sample(n=n)), num(1) | ask, num(1) | ask]
}''', **kw)

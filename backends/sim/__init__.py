"""`sim`: a simulated language model with declared accuracy, to see how a program scales before paying.

    model small = sim("small", accuracy=0.6)

It knows one task, the chain of `methods.md` 6.1, and writes it as text: eight lines of sums, some remarks,
`Answer: 42`. Everything is a pure function of the model, the request and the seed, with exact
log-probabilities. It also judges, rates and picks (`form.py` tells when), with declared error rates.

| step | file |
|---|---|
| which question, and its right answer | `question.py`, `expression.py`, `gold.py` |
| how hard it is for this model | `difficulty.py`, `chain.py`, `beta.py` |
| in which form to reply | `form.py`, `casting.py` |
| what may be written next | `writer.py`: `solving.py`, `reply.py`; `judging.py`, `filling.py` |
| one draw, its probabilities | `luck.py`, `drawing.py`, `logprob.py` |
| a reward for `use python` | `reward.py` |
"""

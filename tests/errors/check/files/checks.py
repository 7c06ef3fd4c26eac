"""Functions that the programs beside this folder name. Nothing here is ever run."""


def run_tests(code: str, tests: str) -> bool:
    return bool(tests)


def reward(text: str) -> float:
    return 0.0


def find(query: str) -> list[str]:
    return [query]


def maybe(text: str) -> str | None:
    return None


def anything(x):
    return x


def compare(left: str, right: str) -> float:
    return 0.0


def count_words(text: str, least: int = 0) -> int:
    return least


def any_of(*texts: str) -> str:
    return texts[0]


def by_place(text: str, /) -> str:
    return text


def of_number(x: float) -> float:
    return x


imported = reward

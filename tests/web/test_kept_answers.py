"""Large answers kept until a page fetches them."""

from visualizer.rooms.computing.kept_answers import KeptAnswers


def test_the_newest_stay() -> None:
    kept = KeptAnswers(most=10)
    for address, text in (("a", "12345"), ("b", "12345"), ("a", "1234"), ("c", "12")):
        kept.put(address, text)
    assert [kept.get(address) for address in "abc"] == ["1234", None, "12"]


def test_one_that_is_too_large_alone_is_kept_all_the_same() -> None:
    kept = KeptAnswers(most=3)
    kept.put("a", "12345")
    assert kept.get("a") == "12345"

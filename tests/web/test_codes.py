from visualizer.rooms.codes import ALPHABET, LENGTH, new_code, tidy


def test_a_code_has_six_characters_that_cannot_be_mistaken_for_each_other() -> None:
    code = new_code()
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert not set("0O1I2Z5S8B") & set(ALPHABET)


def test_case_spaces_and_hyphens_of_a_typed_code_do_not_matter() -> None:
    assert tidy(" wh-q naw ") == "WHQNAW"


def test_a_typed_code_is_cut_to_length() -> None:
    assert tidy("ACDEFGHJK") == "ACDEFG"

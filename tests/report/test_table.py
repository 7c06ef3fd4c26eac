from ilang.report.table import table_text


def test_columns():
    assert table_text([("a", "1"), ("漢字", "20")], right={1}) == "a      1\n漢字  20"
    assert table_text([("a", ""), ("b", "c")], indent="  ") == "  a\n  b  c"
    assert table_text([]) == ""

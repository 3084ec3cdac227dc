"""CSV files as people have them: what is understood, and what is refused in which words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainers import datasets, file_jobs, table_data
from trainers.datasets import DataSplit, describe, load
from trainers.errors import BadInput
from trainers.training_plan import DataChoice

GOOD = "width,height,kind\n" + "".join(f"{i * 0.5},{10 - i},{'cat' if i % 2 else 'dog'}\n" for i in range(20))


def written(folder: Path, text: str | bytes, name: str = "table.csv") -> str:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def rows(split: DataSplit) -> np.ndarray:
    return np.concatenate([split.train_inputs, split.test_inputs])


def refusal(path: str, **wishes: object) -> str:
    with pytest.raises(BadInput) as error:
        load(DataChoice(path, **wishes))  # type: ignore[arg-type]
    with pytest.raises(BadInput) as same:
        describe(DataChoice(path, **wishes))  # type: ignore[arg-type]
    sentence = error.value.sentence
    assert sentence == same.value.sentence
    assert "\n" not in sentence
    assert sentence.endswith((".", "?")), sentence
    return sentence


def test_text_labels_become_classes_and_features_are_standardised_with_the_training_part(tmp_path: Path) -> None:
    choice = DataChoice(written(tmp_path, GOOD), seed=4)
    spec, split = describe(choice), load(choice)
    assert spec.classes == split.classes == ("cat", "dog")
    assert spec.task == split.task == "classification"
    assert spec.kind == "csv"
    assert spec.sample_shape == split.sample_shape == (2,)
    assert split.train_inputs.dtype == np.float32
    assert split.train_targets.dtype == np.int64
    assert len(split.train_inputs) == 16
    assert len(split.test_inputs) == 4
    np.testing.assert_allclose(split.train_inputs.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(split.train_inputs.std(axis=0), 1, rtol=1e-5)
    assert np.abs(split.test_inputs.mean(axis=0)).max() > 1e-3  # of its own statistics it would be 0


def test_the_split_depends_on_the_seed_and_the_share(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    one, again, other = (load(DataChoice(path, seed=seed)) for seed in (1, 1, 2))
    assert np.array_equal(one.test_inputs, again.test_inputs)
    assert not np.array_equal(one.test_inputs, other.test_inputs)
    assert len(load(DataChoice(path, test_share=0.5)).test_inputs) == 10


def test_a_label_column_can_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, "kind,a,b\n" + "".join(f"{'xy'[i % 2]},{i},{-i}\n" for i in range(10)))
    split = load(DataChoice(path, label="kind"))
    assert split.classes == ("x", "y")
    assert split.sample_shape == (2,)


def test_few_whole_numbers_are_classes_in_their_order(tmp_path: Path) -> None:
    path = written(tmp_path, "a,label\n" + "".join(f"{i},{(10, 2, 1)[i % 3]}\n" for i in range(30)))
    assert load(DataChoice(path)).classes == ("1", "2", "10")


def test_whole_numbers_that_hardly_repeat_are_a_regression(tmp_path: Path) -> None:
    text = "x,y\n" + "".join(f"{i},{i % 12}\n" for i in range(20))  # 12 different ones in 20 rows
    assert describe(DataChoice(written(tmp_path, text))).task == "regression"


@pytest.mark.parametrize(("different", "task"), [(20, "classification"), (21, "regression")])
def test_up_to_twenty_whole_numbers_are_classes(tmp_path: Path, different: int, task: str) -> None:
    text = "x,y\n" + "".join(f"{i},{i % different}\n" for i in range(3 * different))
    assert describe(DataChoice(written(tmp_path, text))).task == task


def test_texts_of_which_each_stands_once_are_classes_in_the_smallest_table_alone(tmp_path: Path) -> None:
    text = "x,y\n" + "".join(f"{i},{name}\n" for i, name in enumerate("abcde"))
    assert describe(DataChoice(written(tmp_path, text))).classes == tuple("abcde")
    assert "holds 6 different texts in 6 rows" in refusal(written(tmp_path, text + "5,f\n"))
    many = "x,y\n" + "".join(f"{i},t{i % 1001}\n" for i in range(2002))
    assert "holds 1001 different texts in 2002 rows" in refusal(written(tmp_path, many))


def test_a_target_that_never_changes_is_divided_by_nothing(tmp_path: Path) -> None:
    split = load(DataChoice(written(tmp_path, "x,y\n" + "".join(f"{i},2.5\n" for i in range(10)))))
    assert (split.task, split.target_offset, split.target_scale) == ("regression", 2.5, 1.0)
    assert not split.train_targets.any()


def test_what_differs_by_rounding_alone_never_changes(tmp_path: Path) -> None:
    cells = ("0.3", "0.30000000000000004")
    text = "x,y,kind\n" + "".join(f"{cells[i % 2]},{i},{'ab'[i % 2]}\n" for i in range(10))
    assert np.abs(rows(load(DataChoice(written(tmp_path, text))))[:, 0]).max() < 1e-6


def test_none_and_a_dash_may_be_names_of_classes(tmp_path: Path) -> None:
    text = "x,y\n" + "".join(f"{i},{('none', '-')[i % 2]}\n" for i in range(10))
    assert describe(DataChoice(written(tmp_path, text))).classes == ("-", "none")
    assert "is missing" in refusal(written(tmp_path, text + "9,NA\n"))


@pytest.mark.parametrize("seed", range(4))
def test_every_class_gives_the_same_share_to_the_test(tmp_path: Path, seed: int) -> None:
    text = "x,y\n" + "".join(f"{i},{'rare' if i % 5 == 0 else 'common'}\n" for i in range(50))
    split = load(DataChoice(written(tmp_path, text), seed=seed))
    assert np.bincount(split.test_targets).tolist() == [8, 2]


def test_a_quoted_cell_may_follow_a_space(tmp_path: Path) -> None:
    text = "x, kind\n" + "".join(f'{i}, "{("p, q", "r")[i % 2]}"\n' for i in range(10))
    assert describe(DataChoice(written(tmp_path, text))).classes == ("p, q", "r")


def test_up_to_three_near_names_and_eight_others_are_listed(tmp_path: Path) -> None:
    names = ["kind1", "kind2", "kind3", *"abcdef"]
    for count in (8, 9):
        path = written(tmp_path, ",".join(names[:count]) + "\n" + (",".join("12345678" + "9" * (count - 8)) + "\n") * 5)
        assert all(name in refusal(path, label="kind") for name in names[:3])
        assert ("..." in refusal(path, label="zzzzzz")) == (count == 9)


def test_with_semicolons_a_point_may_be_the_decimal_point_too(tmp_path: Path) -> None:
    text = "x;y\n" + "".join(f"{i}.5;{i % 2}\n" for i in range(20)) + "1,234.5;0\n"
    assert "'1,234.5'" in refusal(written(tmp_path, text))


def test_a_first_line_of_numbers_below_which_labels_are_texts_too_is_data(tmp_path: Path) -> None:
    text = "".join(f"{i},{'cat' if i % 2 else 'dog'}\n" for i in range(20))
    split = load(DataChoice(written(tmp_path, text)))
    assert len(split.train_inputs) + len(split.test_inputs) == 20


def test_many_numbers_are_a_regression_whose_targets_come_back_in_their_own_unit(tmp_path: Path) -> None:
    prices = [200_000 + 1_234.5 * i for i in range(40)]
    path = written(tmp_path, "rooms,price\n" + "".join(f"{i % 7},{price}\n" for i, price in enumerate(prices)))
    split = load(DataChoice(path))
    assert split.task == "regression"
    assert split.classes == ()
    assert describe(DataChoice(path)).targets == 1
    assert split.train_targets.shape == (32, 1)
    assert split.train_targets.dtype == np.float32
    assert abs(float(split.train_targets.mean())) < 1e-5
    own = np.concatenate([split.train_targets, split.test_targets])[:, 0] * split.target_scale + split.target_offset
    np.testing.assert_allclose(np.sort(own), prices, rtol=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),  # a byte order mark, as Excel writes
        GOOD.replace("\n", "\r\n"),
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace(",", " , "),
        GOOD + "\n\n",
        GOOD.replace("cat", '"cat"').replace("width", '"width"'),
        GOOD.rstrip("\n"),
        "\n" + GOOD,
    ],
    ids=["mark", "crlf", "semicolon", "tab", "spaces", "blank lines", "quotes", "no last newline", "first line blank"],
)
def test_the_same_table_in_other_clothes_is_the_same(tmp_path: Path, text: str | bytes) -> None:
    plain, other = load(DataChoice(written(tmp_path, GOOD))), load(DataChoice(written(tmp_path, text, "other.csv")))
    assert plain.classes == other.classes
    np.testing.assert_array_equal(rows(plain), rows(other))


def test_quoted_cells_may_hold_commas_and_line_breaks(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a,kind\n" + "".join(f'{i},"{("big, red", "small" + chr(10) + "blue")[i % 2]}"\n' for i in range(10))
    )
    assert load(DataChoice(path)).classes == ("big, red", "small\nblue")


def test_with_semicolons_a_comma_is_a_decimal_point(tmp_path: Path) -> None:
    path = written(tmp_path, "a;kind\n" + "".join(f"{i},5;{'xy'[i % 2]}\n" for i in range(10)))
    dotted = written(tmp_path, "a;kind\n" + "".join(f"{i}.5;{'xy'[i % 2]}\n" for i in range(10)), "dotted.csv")
    np.testing.assert_array_equal(rows(load(DataChoice(path))), rows(load(DataChoice(dotted))))


@pytest.mark.parametrize("label", ["x", "1"])
def test_a_table_without_column_names_is_read_from_its_first_line_on(tmp_path: Path, label: str) -> None:
    path = written(tmp_path, "".join(f"{i},{i * 2},{label if i % 2 else '0'}\n" for i in range(10)))
    split = load(DataChoice(path))
    assert len(rows(split)) == 10
    assert split.classes == (("0", "x") if label == "x" else ("0", "1"))
    assert load(DataChoice(path, label="column 3")).classes == split.classes


def test_a_column_that_never_changes_becomes_zero_and_huge_numbers_stay_finite(tmp_path: Path) -> None:
    path = written(tmp_path, "same,huge,kind\n" + "".join(f"3,{i}e300,{'xy'[i % 2]}\n" for i in range(10)))
    inputs = rows(load(DataChoice(path)))
    assert not inputs[:, 0].any()
    assert np.isfinite(inputs).all()
    assert inputs[:, 1].std() > 0.5


def test_a_text_column_is_refused_with_column_line_and_value(tmp_path: Path) -> None:
    sentence = refusal(written(tmp_path, GOOD.replace("1.5,", "red,")))
    assert "'width'" in sentence
    assert "line 5" in sentence
    assert "'red'" in sentence
    assert "--label" in sentence


@pytest.mark.parametrize("value", ["", "NA", "nan", "?", " "])
def test_a_missing_value_is_refused_with_column_and_line(tmp_path: Path, value: str) -> None:
    sentence = refusal(written(tmp_path, GOOD.replace("1.5,", f"{value},")))
    assert "'width'" in sentence
    assert "line 5" in sentence
    assert "missing" in sentence


@pytest.mark.parametrize("value", ["inf", "-Infinity", "1e999", "1_000"])
def test_what_is_no_finite_number_is_refused(tmp_path: Path, value: str) -> None:
    assert "not a number" in refusal(written(tmp_path, GOOD.replace("1.5,", f"{value},")))


def test_a_missing_label_is_refused_with_its_line(tmp_path: Path) -> None:
    lines = GOOD.splitlines()
    lines[6] = lines[6].rsplit(",", 1)[0] + ","
    sentence = refusal(written(tmp_path, "\n".join(lines)))
    assert "'kind'" in sentence
    assert "line 7" in sentence


def test_a_number_label_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a,y\n" + "".join(f"{i},{i * 1.5}\n" for i in range(30)) + "31,inf\n")
    sentence = refusal(path)
    assert "line 32" in sentence
    assert "finite" in sentence


@pytest.mark.parametrize(("extra", "count"), [("1,2\n", 2), ("1,2,cat,4\n", 4)])
def test_a_line_with_other_fields_is_refused_by_its_number(tmp_path: Path, extra: str, count: int) -> None:
    sentence = refusal(written(tmp_path, GOOD + extra))
    assert "Line 22" in sentence
    assert f"{count} fields" in sentence
    assert "3" in sentence


def test_an_unknown_label_column_lists_near_ones(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert "did you mean kind?" in refusal(path, label="kin")
    assert "width, height, kind" in refusal(path, label="zzz")


def test_column_names_of_several_lines_and_great_length_still_make_one_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, '"a\nb",' + "c" * 5000 + ",kind\n" + "1,2,x\n3,4,y\n" * 5)
    assert len(refusal(path, label="zzz")) < 400


def test_two_columns_of_the_label_name_are_refused(tmp_path: Path) -> None:
    assert "2 columns named 'a'" in refusal(written(tmp_path, "a,a,b\n" + "1,2,3\n" * 9), label="a")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("\n\n \n", "empty"),
        ("a,b,kind\n", "0 rows"),
        ("a,b,kind\n1,2,x\n", "1 row of data"),
        ("kind\nx\ny\nx\ny\nx\ny\n", "single column"),
        ("a,kind\n" + "1,x\n" * 9, "Every row"),
        ("a,kind\n" + '1,"x\n' * 3, "not CSV"),
        (b"a,kind\n1,\xff\xfe\n", "UTF-8"),
        (b"a,kind\n1,\x00\n", "zero bytes"),
        ("a,name\n" + "".join(f"{i},person {i}\n" for i in range(50)), "too many"),
        (",".join(f"c{i}" for i in range(5000)) + "\n", "5000 columns"),
    ],
    ids=[
        "empty",
        "blank",
        "no row",
        "one row",
        "one column",
        "one class",
        "torn quote",
        "bytes",
        "zero",
        "names",
        "wide",
    ],
)
def test_tables_that_cannot_be_trained_on_are_refused(tmp_path: Path, text: str | bytes, words: str) -> None:
    sentence = refusal(written(tmp_path, text))
    assert words in sentence
    assert "table.csv" in sentence


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with open(path, "wb") as stream:
        stream.truncate(int(table_data.MOST_MEGABYTES * 1e6) + 1_000_000)
    assert "33 MB" in refusal(str(path))


def test_any_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    picture = bytes(range(256)) * 20
    refusal(written(tmp_path, picture, "picture.png"))


CELLS = st.sampled_from(
    ["1", "2.5", "-3e4", "x", "", "nan", '"', '"a,b"', "1,5", "\u2028", "\r", "0x1f", "1e400", "\ufeff", "yes"]
)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=5).map(",".join), max_size=12).map("\n".join)


@given(
    st.one_of(
        TABLES.map(str.encode),
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    )
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_table_or_one_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    try:
        split = load(DataChoice(str(path)))
    except BadInput as error:
        sentence = error.sentence
    else:
        sentence = None
    if sentence is not None:
        assert "\n" not in sentence
        assert "any.csv" in sentence
        return
    assert len(split.train_inputs) > 0
    assert len(split.test_inputs) > 0
    assert np.isfinite(split.train_inputs).all()
    assert np.isfinite(split.test_inputs).all()
    assert np.isfinite(split.train_targets).all()


def test_a_table_that_is_written_to_while_it_is_read_counts_as_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "table.csv"
    file.write_text("a,b\n" + "1,x\n2,y\n" * 4, encoding="utf-8")
    read = table_data.describe_table

    def touched(path: Path, choice: DataChoice) -> datasets.DatasetSpec:
        spec = read(path, choice)
        file.write_text("a,b\n" + "1,x\n2,y\n" * 40, encoding="utf-8")
        return spec

    monkeypatch.setattr(datasets, "QUICK_TABLE", 5)
    monkeypatch.setattr(table_data, "describe_table", touched)
    *_, told = file_jobs.describe_table(file_jobs.TablePlan(DataChoice(str(file))))
    assert isinstance(told, file_jobs.TableDescribed)
    datasets.remember(told.stamp, told.spec)
    assert not datasets.is_described(DataChoice(str(file)))

"""Did you mean: near words are found, foreign ones are left alone."""

import random

import pytest

from archc.suggest import distance, family, nearest

KEYS = (
    "archc extends set name title source expect input vars classes norm act conv init output_stride stem head block stages "
    "layouts features preprocess kind order shortcut stride_at insert out repeat stride label blocks kernel padding dilation "
    "groups bias of when module op steps parameters channels height width multiple fixed depth params macs ratio mid"
).split()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("kernal", "kernel"),
        ("strde", "stride"),
        ("chanels", "channels"),
        ("repaet", "repeat"),
        ("Stride-At", "stride_at"),
        ("output-stride", "output_stride"),
        ("KERNEL", "kernel"),
        ("stride_output", "output_stride"),
        ("chan", "channels"),
        ("param", "params"),
        ("strides", "stride"),
        ("stage", "stages"),
        ("blcok", "block"),
    ],
)
def test_near(word: str, expected: str) -> None:
    assert nearest(word, KEYS) == expected


@pytest.mark.parametrize("word", ["data", "loss", "optimizer", "units", "", "x", "b", "zoo", "batch_size", "q" * 100_000])
def test_foreign(word: str) -> None:
    assert nearest(word, KEYS) is None


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("vgg16", "of its family there is `vgg19`"),
        ("resnet500", "of its family there are `resnet18`, `resnet50`, `resnet101`"),
        ("resnext50_32x4d", ""),
        ("alexnet", ""),
    ],
)
def test_networks_that_differ_in_their_numbers_are_a_family(word: str, said: str) -> None:
    assert family(word, ["resnet101", "resnet50", "resnet18", "resnet50d", "vgg19", "vgg19_bn"]) == said


def test_no_choices() -> None:
    assert nearest("kernel", []) is None


def test_the_nearer_wins() -> None:
    assert nearest("blocks_", ["block", "blocks"]) == "blocks"


def test_of_two_as_near_the_one_with_the_longer_common_beginning() -> None:
    assert nearest("stem_a", ["ztem_a", "stem_b"]) == "stem_b"


@pytest.mark.parametrize(
    ("first", "second", "steps"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xabc", 1), ("kitten", "sitting", 3)],
)
def test_distance(first: str, second: str, steps: int) -> None:
    assert distance(first, second, 5) == steps


def test_distance_beyond_the_limit() -> None:
    assert distance("kitten", "sitting", 2) is None


def plain_distance(first: str, second: str) -> int:
    """The definition, by recursion."""
    if not first or not second:
        return len(first) + len(second)
    steps = min(
        plain_distance(first[:-1], second) + 1,
        plain_distance(first, second[:-1]) + 1,
        plain_distance(first[:-1], second[:-1]) + (first[-1] != second[-1]),
    )
    if len(first) > 1 and len(second) > 1 and first[-1] == second[-2] and first[-2] == second[-1]:
        steps = min(steps, plain_distance(first[:-2], second[:-2]) + 1)
    return steps


def test_distance_is_that_of_its_definition() -> None:
    choose = random.Random(0)
    pairs = [
        ("".join(choose.choices("abc", k=choose.randint(0, 5))), "".join(choose.choices("abc", k=choose.randint(0, 5))))
        for _ in range(300)
    ]
    assert [distance(a, b, 9) for a, b in pairs] == [plain_distance(a, b) for a, b in pairs]
    cut = [None if plain_distance(a, b) > 2 else plain_distance(a, b) for a, b in pairs]
    assert [distance(a, b, 2) for a, b in pairs] == cut


def test_one_mistake_is_mended_in_nineteen_of_twenty_long_words() -> None:
    choose = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz_"
    long = [key for key in KEYS if len(key) >= 5]
    right = 0
    for _ in range(1000):
        key = choose.choice(long)
        at = choose.randrange(len(key))
        typo = choose.choice(
            (
                key[:at] + key[at + 1 :],
                key[:at] + choose.choice(letters) + key[at:],
                key[:at] + choose.choice(letters) + key[at + 1 :],
                key[:at] + key[at : at + 2][::-1] + key[at + 2 :],
            )
        )
        right += nearest(typo, KEYS) == key
    assert right >= 950

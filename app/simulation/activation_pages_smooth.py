"""Pages about the smooth relatives of ReLU and about gates. Plain data; imports neither torch nor Qt."""

from __future__ import annotations

from app.simulation.activation_page import Claim, Page, curves, depth, slopes


def _cost(gate: str, curve: str) -> tuple[Claim]:
    return (Claim("Two linear maps instead of one: twice the weights for as many outputs.", curves(gate, curve)),)


SMOOTH: dict[str, Page] = {
    "gelu": Page(
        (
            Claim(
                "Weighs each number by the probability that a normal one is smaller; the Transformers BERT and GPT-2 use it.",
                curves("gelu", "relu"),
            ),
            Claim("Smooth: the slope has no jump at 0, it is 1/2 there.", slopes("gelu", "relu")),
        ),
        (
            Claim(
                "One error function, or with the tanh formula one tanh; the two differ by less than 0.0005.",
                curves("gelu", parameters={"gelu": {"approximate": "tanh"}}),
            ),
        ),
        (
            Claim("It turns round at −0.75, where it is −0.17; left of that its slope is negative.", slopes("gelu")),
            Claim(
                "With He's initialisation the signal shrinks: of a normal input's mean square it keeps 0.425 and not a half.",
                depth("gelu", "he", 20),
            ),
        ),
    ),
    "silu": Page(
        (
            Claim("x times its own sigmoid: a smooth ReLU that gates itself.", curves("silu", "sigmoid", "relu")),
            Claim("It is the gate in SwiGLU, which many large language models use.", curves("silu", "swiglu")),
        ),
        (Claim("A sigmoid and a multiplication.", curves("silu", "sigmoid")),),
        (
            Claim("It turns round at −1.28, where it is −0.278.", slopes("silu")),
            Claim(
                "With He's initialisation the signal dies out: of a normal input's mean square it keeps 0.356 and not a half.",
                depth("silu", "he", 20),
            ),
        ),
    ),
    "mish": Page(
        (
            Claim(
                "x times tanh of softplus: smooth like SiLU, never more than 0.19 away from it.", curves("mish", "silu")
            ),
        ),
        (
            Claim(
                "With n = eˣ it is x n (n + 2) / (n (n + 2) + 2): one exponential and one division are enough.",
                curves("mish"),
            ),
        ),
        (
            Claim("It turns round at −1.19, where it is −0.309.", slopes("mish")),
            Claim(
                "With He's initialisation it keeps 0.452 of a normal input's mean square, a little less than the half that is "
                "needed.",
                depth("mish", "he", 20),
            ),
        ),
    ),
    "hardswish": Page(
        (
            Claim(
                "A SiLU without an exponential, for phones: never further off than 0.15.", curves("hardswish", "silu")
            ),
        ),
        (Claim("An addition, two comparisons and two multiplications.", curves("hardswish")),),
        (
            Claim("The slope jumps at −3, from 0 to −1/2, and at 3, from 3/2 to 1.", slopes("hardswish")),
            Claim(
                "From −3 down the derivative is exactly 0: a unit can die there.", slopes("hardswish", threshold=0.05)
            ),
        ),
    ),
    "softplus": Page(
        (
            Claim("A ReLU with a rounded corner; its derivative is the sigmoid.", slopes("softplus", "sigmoid")),
            Claim("Always positive: for an output that must be, such as a standard deviation.", curves("softplus")),
        ),
        (Claim("One exponential and one logarithm.", curves("softplus", "relu")),),
        (
            Claim(
                "Far from zero-centred: 0.69 at 0, and 0.81 in the mean for a normal input.", curves("softplus", "relu")
            ),
            Claim(
                "Above the threshold PyTorch takes x itself; with a threshold of 0 one sees the drop, by 0.69.",
                curves("softplus", parameters={"softplus": {"threshold": 0.0}}),
            ),
        ),
    ),
    "glu": Page(
        (
            Claim(
                "One half of the numbers decides, through a sigmoid, how much of the other half passes: drawn is the straight "
                "line whose slope the gate sets.",
                curves("glu", "sigmoid"),
            ),
        ),
        _cost("glu", "sigmoid"),
        (
            Claim(
                "A gate that is shut hardly learns: for g = −5 the sigmoid's slope is below 0.007.",
                curves("glu", "sigmoid", parameters={"glu": {"g": -5.0}}),
            ),
        ),
    ),
    "bilinear": Page(
        (
            Claim(
                "The gate's input itself is the factor: without any bend, the product of two linear maps.",
                curves("bilinear", "glu"),
            ),
        ),
        _cost("bilinear", "identity"),
        (
            Claim(
                "Nothing bounds the factor: both inputs ten times as large give an output a hundred times as large.",
                curves("bilinear", parameters={"bilinear": {"g": 10.0}}),
            ),
        ),
    ),
    "reglu": Page(
        (Claim("The gate is a ReLU: shut for all g below 0, and open in proportion above.", curves("reglu", "relu")),),
        _cost("reglu", "relu"),
        (
            Claim(
                "With g below 0 nothing passes, and no gradient comes back to either half.",
                curves("reglu", parameters={"reglu": {"g": -1.0}}),
            ),
        ),
    ),
    "geglu": Page(
        (
            Claim(
                "The gate is a GELU: it shuts softly, so that g slightly below 0 still learns.", curves("geglu", "gelu")
            ),
        ),
        _cost("geglu", "gelu"),
        (
            Claim(
                "Near g = −0.75 the gate's own slope is 0, and left of it negative.",
                curves("geglu", "gelu", derivative=True, parameters={"geglu": {"g": -0.75}}),
            ),
        ),
    ),
    "swiglu": Page(
        (
            Claim(
                "The gate is a SiLU; the language models LLaMA and PaLM use it in their feed-forward layers.",
                curves("swiglu", "silu"),
            ),
        ),
        _cost("swiglu", "silu"),
        (
            Claim(
                "Like every gate it multiplies, so that large inputs grow as their square.",
                curves("swiglu", parameters={"swiglu": {"g": 10.0}}),
            ),
        ),
    ),
}

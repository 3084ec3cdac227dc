"""Pages about sigmoid, tanh and their kin, the shrinkers, step and sine. Plain data; imports neither torch nor Qt."""

from __future__ import annotations

from app.simulation.activation_page import Claim, Page, curves, depth, race, slopes

BOUNDED: dict[str, Page] = {
    "sigmoid": Page(
        (
            Claim("Turns any number into a probability, between 0 and 1; 0 becomes one half.", curves("sigmoid")),
            Claim(
                "As a gate it lets through anything from nothing to all: GLU is made with it.", curves("sigmoid", "glu")
            ),
        ),
        (
            Claim(
                "One exponential and one division; its derivative, s (1 − s), needs only the output.", slopes("sigmoid")
            ),
        ),
        (
            Claim(
                "Its slope is 0.25 at most: five layers let through no more than 0.25⁵, about 0.001, of a gradient.",
                slopes("sigmoid"),
            ),
            Claim(
                "In 20 layers with Xavier's initialisation less than a billionth of a gradient arrives at the first.",
                depth("sigmoid", "xavier", 20),
            ),
            Claim(
                "Beyond ±5 the slope is below 0.007: a unit out there hardly learns any more.",
                slopes("sigmoid", reach=10.0, threshold=0.007),
            ),
            Claim(
                "All outputs are positive, so that for one sample the gradients of all weights of a unit in the next layer have "
                "the same sign.",
                curves("sigmoid", "tanh"),
            ),
        ),
    ),
    "tanh": Page(
        (
            Claim("Between −1 and 1 and zero-centred, which sigmoid is not.", curves("tanh", "sigmoid")),
            Claim(
                "The slope at 0 is 1: in 20 layers with Xavier's initialisation a gradient loses less than nine tenths, where "
                "sigmoid loses nearly all.",
                depth("tanh", "xavier", 20),
            ),
        ),
        (Claim("As a sigmoid: tanh(x) = 2 sigmoid(2 x) − 1.", curves("tanh", "sigmoid")),),
        (
            Claim("Beyond ±3 the slope is below 0.01: it saturates on both sides.", slopes("tanh", threshold=0.01)),
            Claim(
                "The signal shrinks with depth: after 20 layers of Xavier's its variance is below 0.05.",
                depth("tanh", "xavier", 20),
            ),
        ),
    ),
    "hardtanh": Page(
        (
            Claim(
                "A tanh of three straight pieces: no exponential, and outputs kept in bounds.",
                curves("hardtanh", "tanh"),
            ),
        ),
        (Claim("Two comparisons for each number.", curves("hardtanh")),),
        (
            Claim(
                "Beyond the bounds the derivative is exactly 0: 32 % of a normal input lie there.",
                slopes("hardtanh", threshold=0.05),
            ),
        ),
    ),
    "hardsigmoid": Page(
        (
            Claim(
                "A sigmoid of three straight pieces for machines without a fast exponential: never further off than 0.07.",
                curves("hardsigmoid", "sigmoid"),
            ),
        ),
        (Claim("An addition, two comparisons and a multiplication.", curves("hardsigmoid")),),
        (
            Claim(
                "From −3 down and from 3 up the derivative is exactly 0: no gradient comes back from there.",
                slopes("hardsigmoid", threshold=0.01),
            ),
            Claim("Its slope is 1/6 at most, less than sigmoid's quarter.", slopes("hardsigmoid", "sigmoid")),
        ),
    ),
    "softsign": Page(
        (
            Claim(
                "A tanh with long tails: at 10 its slope is still 0.008, where tanh's is below 0.00000001.",
                slopes("softsign", "tanh", reach=10.0),
            ),
        ),
        (Claim("One division and no exponential.", curves("softsign", "tanh")),),
        (
            Claim("It nears its bounds slowly: at 10 it has come to 0.91.", curves("softsign", "tanh", reach=10.0)),
            Claim(
                "The signal shrinks faster than with tanh: after 20 layers of Xavier's its variance is below 0.002.",
                depth("softsign", "xavier", 20),
            ),
        ),
    ),
    "logsigmoid": Page(
        (
            Claim(
                "The logarithm of a probability for a loss: at −1000 it gives −1000, where the logarithm of a sigmoid that "
                "has become 0 gives −∞.",
                curves("logsigmoid", "sigmoid", reach=10.0),
            ),
        ),
        (Claim("One exponential and one logarithm.", curves("logsigmoid")),),
        (
            Claim(
                "Between layers it is far from zero-centred: the mean for a normal input is −0.81.",
                curves("logsigmoid"),
            ),
            Claim("Right of 5 the slope is below 0.007: it saturates at 0.", slopes("logsigmoid", threshold=0.007)),
        ),
    ),
    "tanhshrink": Page(
        (
            Claim(
                "Quiets what is close to 0 (0.1 becomes 0.0003) and brings what is large 1 closer to it.",
                curves("tanhshrink"),
            ),
        ),
        (Claim("A tanh and a subtraction.", curves("tanhshrink", "tanh")),),
        (
            Claim(
                "The slope at 0 is 0 and up to ±0.2 below 0.04: just where inputs are wont to lie it hardly learns.",
                slopes("tanhshrink", threshold=0.04),
            ),
            Claim("In ten layers of Xavier's a signal dies out entirely.", depth("tanhshrink", "xavier", 10)),
        ),
    ),
    "softshrink": Page(
        (
            Claim(
                "Makes small numbers exactly 0 without a jump, as sparse coding and the removal of noise want it.",
                curves("softshrink"),
            ),
        ),
        (Claim("Two comparisons and a subtraction.", curves("softshrink")),),
        (
            Claim(
                "Between −λ and λ the derivative is 0: for λ = 0.5 that is 38 % of a normal input.",
                slopes("softshrink", threshold=0.05),
            ),
            Claim("What is left comes out closer to 0 by λ.", curves("softshrink", "identity")),
        ),
    ),
    "hardshrink": Page(
        (
            Claim(
                "Makes small numbers exactly 0 and leaves the others as they are.", curves("hardshrink", "softshrink")
            ),
        ),
        (Claim("Two comparisons for each number.", curves("hardshrink")),),
        (
            Claim(
                "It jumps by λ at ±λ: inputs that hardly differ give outputs that do, and no Lipschitz constant holds.",
                curves("hardshrink", reach=2.0),
            ),
            Claim(
                "Between −λ and λ the derivative is 0: for λ = 0.5 that is 38 % of a normal input.",
                slopes("hardshrink", threshold=0.05),
            ),
        ),
    ),
    "step": Page(
        (
            Claim(
                "The neuron of 1943 either fires or does not: with two inputs of weight 1 and a bias of −1.5 it computes AND.",
                curves("step"),
            ),
        ),
        (Claim("One comparison for each number.", curves("step")),),
        (
            Claim(
                "Its derivative is 0 wherever it has one: no gradient passes even one layer, and no descent can train it.",
                depth("step", "xavier", 5),
            ),
        ),
    ),
    "sine": Page(
        (
            Claim(
                "For networks that stand for a picture or a sound: the derivative is the same wave again, shifted, so that "
                "details can be learnt too.",
                slopes("sine"),
            ),
        ),
        (Claim("One sine for each number.", curves("sine")),),
        (
            Claim("Inputs 2π/ω apart give the same output: the loss has many valleys.", curves("sine", reach=12.0)),
            Claim(
                "Its steepest slope is ω: a large ω makes the net sensitive to every change of a weight.",
                curves("sine", derivative=True, parameters={"sine": {"omega": 10.0}}),
            ),
        ),
    ),
    "identity": Page(
        (Claim("For the last layer of a regression, whose outputs must not be bounded.", curves("identity", "tanh")),),
        (Claim("Nothing.", curves("identity")),),
        (
            Claim("However many layers, all together are one linear map.", depth("identity", "xavier", 50)),
            Claim(
                "A net of it separates classes by a straight line only.", race("identity", "relu", learning_rate=0.1)
            ),
        ),
    ),
}

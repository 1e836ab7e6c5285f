"""The PyTorch side: reads a task from standard input, then does a step for every line there, answering each with JSON.

The task is a line of JSON and the float32 tensors whose shapes it names, one after another. An answer holds samples of
the step's result, as `samples` of measure.ts takes them, the processor time so far, and the peak memory in bytes.
"""

import json
import math
import resource
import sys
import time

import torch
import torch.nn.functional as F

SAMPLES = 256
GOLDEN = (math.sqrt(5) - 1) / 2
BATCH_NORM_MOMENTUM = 0.1
BATCH_NORM_EPS = 1e-5


def read_tensor(stream, shape):
    count = math.prod(shape)
    return torch.frombuffer(bytearray(stream.read(4 * count)), dtype=torch.float32).reshape(shape)


def samples(result):
    values = result.detach().reshape(-1)
    if len(values) <= SAMPLES:
        return values.tolist()
    return [values[int(i * GOLDEN % 1 * len(values))].item() for i in range(SAMPLES)]


def chain(task, tensors):
    x, *parameters = tensors

    @torch.no_grad()
    def step():
        y = x
        for weight, bias, relu in zip(parameters[::2], parameters[1::2], task["relu"]):
            y = F.conv2d(y, weight, bias, padding=1)
            if relu:
                y = F.relu(y)
        return x - y if task["residual"] else y

    return step


def training(task, parameters, loss_of):
    for parameter in parameters:
        parameter.requires_grad_()
    optimiser = torch.optim.Adam(parameters, lr=task["learningRate"], eps=task["adamEps"])

    def step():
        optimiser.zero_grad()
        loss = loss_of()
        loss.backward()
        optimiser.step()
        return loss

    return step


def autoencoder(task, tensors):
    noisy, clean, *parameters = tensors
    layers = list(zip(parameters[::2], parameters[1::2]))

    def conv(x, layer, padding=1):
        return F.conv2d(x, *layers[layer], padding=padding)

    def pool(x):
        return F.max_pool2d(x, 2, ceil_mode=True)

    def upsample(x):
        return F.interpolate(x, scale_factor=2, mode="nearest")

    def loss_of():
        x = noisy
        for layer in (0, 1, 2):
            x = pool(F.relu(conv(x, layer)))
        for layer, padding in ((3, 1), (4, 1), (5, 0)):
            x = upsample(F.relu(conv(x, layer, padding)))
        return F.binary_cross_entropy_with_logits(conv(x, 6), clean)

    return training(task, parameters, loss_of)


def dncnn(task, tensors):
    noisy, noise, *parameters = tensors
    first, *middle, last = parameters
    blocks = list(zip(middle[::3], middle[1::3], middle[2::3]))
    statistics = [(torch.zeros_like(gamma), torch.ones_like(gamma)) for _, gamma, _ in blocks]

    def loss_of():
        x = F.relu(F.conv2d(noisy, first, padding=1))
        for (weight, gamma, beta), (mean, variance) in zip(blocks, statistics):
            x = F.conv2d(x, weight, padding=1)
            x = F.batch_norm(x, mean, variance, gamma, beta, True, BATCH_NORM_MOMENTUM, BATCH_NORM_EPS)
            x = F.relu(x)
        residual = F.conv2d(x, last, padding=1)
        return ((residual - noise) ** 2).sum() / (2 * len(noisy))

    return training(task, parameters, loss_of)


def peak_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main():
    stream = sys.stdin.buffer
    task = json.loads(stream.readline())
    tensors = [read_tensor(stream, shape) for shape in task["shapes"]]
    step = {"chain": chain, "autoencoder": autoencoder, "dncnn": dncnn}[task["network"]](task, tensors)
    for line in stream:
        values = samples(step()) if line == b"step\n" else []
        answer = {"values": values, "coreSeconds": time.process_time(), "peakBytes": peak_bytes()}
        print(json.dumps(answer), flush=True)


main()

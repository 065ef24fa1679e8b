"""Case files as they stand on disk."""

from dxnet import read_cases


def write(directory, name, content):
    path = directory / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def only(directory, name, content):
    (case,) = read_cases(write(directory, name, content))
    return case

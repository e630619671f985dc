"""Are the solvers exact on other processors than this one? Their tests again, under the kernels that OpenBLAS has."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOLVERS = ["test_linear.py", "test_lasso_path.py", "test_problem.py"]
ELSEWHERE = "not covariance and not memory"  # what the draw of many samples decides, or no number at all
# Old and new ones, without and with fused multiplication, whose order of summation differs.
X86, ARM = ("Prescott", "Nehalem", "Haswell"), ("ARMV8", "CORTEXA57", "NEOVERSEN1")
NAMED = {"Prescott": "Katmai"}  # the oldest of those that it serves
KERNELS = ARM if platform.machine().lower() in ("arm64", "aarch64") else X86

RUN = """
import sys, numpy, pytest, threadpoolctl
blas = [pool for pool in threadpoolctl.threadpool_info() if pool["internal_api"] == "openblas"]
print("kernel", *{pool["architecture"] for pool in blas})
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:]]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
def test_the_solvers_on_another_kernel(kernel: str) -> None:
    tests = [str(ROOT / "tests" / name) for name in SOLVERS]
    done = subprocess.run(
        [sys.executable, "-c", RUN, "-k", ELSEWHERE, *tests],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    used = done.stdout.split("\n")[0].split()[1:]
    if used and platform.machine() == "x86_64":  # another BLAS has no kernels to choose from
        assert used == [NAMED.get(kernel, kernel)]

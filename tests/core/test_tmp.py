import time
from tests import clocks
def test_a(): time.sleep(1.5)
def test_b(db): print("PASSED", clocks.passed())
def test_c(db): print("PASSED", clocks.passed())

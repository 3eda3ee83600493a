"""What a reading is and what follows from it: pure, without AWS and without an environment."""

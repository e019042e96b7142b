"""What a master and a submission say: reads notebooks as they come, runs nothing of them."""

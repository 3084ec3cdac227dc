"""The view of Maxout: lines and planes that one drags, and the largest of them."""

package org.provision.agent.screen;

import android.content.Context;
import android.graphics.Canvas;
import android.graphics.Paint;
import android.graphics.RectF;
import android.view.View;

/** Battery or Wi-Fi as a drawing: to Android 8.1 a locked tablet has no status bar that would show them. */
final class Sign extends View {
    private final boolean battery;
    private final Paint paint = new Paint(Paint.ANTI_ALIAS_FLAG);
    private Condition condition;

    /** @param battery of the battery, else of Wi-Fi */
    Sign(Context context, boolean battery, int ink) {
        super(context);
        this.battery = battery;
        paint.setColor(ink);
    }

    void show(Condition now) {
        condition = now;
        setVisibility(battery && now.percent < 0 ? GONE : VISIBLE);
        invalidate();
    }

    @Override
    protected void onDraw(Canvas canvas) {
        if (condition == null) {
            return;
        }
        paint.setStrokeWidth(getHeight() / 10f);
        if (battery) {
            drawBattery(canvas, getWidth(), getHeight());
        } else {
            drawWifi(canvas, getWidth(), getHeight());
        }
    }

    private void drawBattery(Canvas canvas, float width, float height) {
        float line = paint.getStrokeWidth();
        RectF box = new RectF(line, height * 0.2f, width * 0.88f, height * 0.8f);
        paint.setStyle(Paint.Style.STROKE);
        canvas.drawRect(box, paint);
        paint.setStyle(Paint.Style.FILL);
        canvas.drawRect(box.right + line, height * 0.38f, width, height * 0.62f, paint);
        float room = box.width() - 2 * line;
        canvas.drawRect(box.left + line, box.top + line, box.left + line + room * condition.percent / 100f, box.bottom - line, paint);
    }

    /** Bars that grow; crossed out where no network is joined. */
    private void drawWifi(Canvas canvas, float width, float height) {
        float step = width / Condition.STEPS;
        for (int i = 0; i < Condition.STEPS; i++) {
            boolean reached = condition.joined && i < Math.max(1, condition.strength);
            paint.setStyle(reached ? Paint.Style.FILL : Paint.Style.STROKE);
            paint.setStrokeWidth(height / 20f);
            float left = i * step + 1;
            canvas.drawRect(left, height * (0.88f - 0.76f * (i + 1) / Condition.STEPS), left + step * 0.7f, height * 0.88f, paint);
        }
        if (!condition.joined) {
            paint.setStrokeWidth(height / 10f);
            canvas.drawLine(0, height * 0.1f, width, height * 0.9f, paint);
            canvas.drawLine(0, height * 0.9f, width, height * 0.1f, paint);
        }
    }
}

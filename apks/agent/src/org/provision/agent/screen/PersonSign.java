package org.provision.agent.screen;

import android.content.Context;
import android.graphics.Canvas;
import android.graphics.Paint;
import android.graphics.RectF;
import android.view.View;

/** Head and shoulders: behind this tile is somebody, not an app. */
final class PersonSign extends View {
    private final Paint paint = new Paint(Paint.ANTI_ALIAS_FLAG);

    PersonSign(Context context, int ink) {
        super(context);
        paint.setColor(ink);
    }

    @Override
    protected void onDraw(Canvas canvas) {
        float size = Math.min(getWidth(), getHeight());
        canvas.drawCircle(size / 2, size * 0.3f, size * 0.22f, paint);
        canvas.drawArc(new RectF(size * 0.12f, size * 0.58f, size * 0.88f, size * 1.34f), 180, 180, true, paint);
    }
}
